using System.Globalization;

namespace DpoLab.Compute.Runs;

/// <summary>Names one process for as long as the machine is up: an id alone is given again to others.</summary>
/// <param name="Host">Machine name.</param>
/// <param name="BootId">The kernel's id of this boot.</param>
/// <param name="Id">Process id.</param>
/// <param name="StartTicks">Start in clock ticks since boot.</param>
internal sealed record ProcessIdentity(string Host, string BootId, int Id, long StartTicks)
{
    private static readonly string ThisBoot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>This process.</summary>
    public static ProcessIdentity Own { get; } =
        Of(Environment.ProcessId) ?? throw new InvalidOperationException("/proc holds no entry of this process. Mount /proc.");

    /// <summary>True while the process is there and not merely waiting to be reaped.</summary>
    public bool IsAlive =>
        Host == Environment.MachineName && BootId == ThisBoot && ProcessFacts.Stat(Id) is { State: not 'Z' and not 'X' } stat && stat.StartTicks == StartTicks;

    /// <summary>The process that has this id now; null: none.</summary>
    public static ProcessIdentity? Of(int id) =>
        ProcessFacts.Stat(id) is { } stat ? new ProcessIdentity(Environment.MachineName, ThisBoot, id, stat.StartTicks) : null;
}

/// <summary>What the kernel tells about processes.</summary>
internal static class ProcessFacts
{
    /// <summary>State letter and start time of a process, of <c>/proc/[pid]/stat</c>; null: no such process.</summary>
    public static (char State, long StartTicks)? Stat(int id)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{id}/stat");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // the name in parentheses may hold spaces and parentheses: fields count from behind its end, the state being field 3
        int end = text.LastIndexOf(')');
        string[] fields = text[(end + 2)..].Split(' ');
        return (fields[0][0], long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>Greatest resident memory of this process so far, bytes; null: not known.</summary>
    public static long? PeakMemoryBytes() => StatusBytes("VmHWM:");

    /// <summary>Resident memory of this process now, bytes; null: not known.</summary>
    public static long? MemoryBytes() => StatusBytes("VmRSS:");

    private static long? StatusBytes(string field)
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
                return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
        }

        return null;
    }
}
