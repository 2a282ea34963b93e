using System.Globalization;

namespace DpoLab.Benchmarks;

/// <summary>What the system says of this process's memory.</summary>
internal static class ProcessMemory
{
    /// <summary>A line of <c>/proc/self/status</c>, in bytes: <c>VmRSS</c> now, <c>VmHWM</c> at the most.</summary>
    public static long Resident(string key) =>
        1024 * long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal)).Split(' ')[^2],
            CultureInfo.InvariantCulture);

    /// <summary>Lets the peak begin anew.</summary>
    public static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");
}
