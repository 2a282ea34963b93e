using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>Time and memory of a piece of work in this process.</summary>
internal static partial class PeakMemory
{
    /// <summary>Time, and how far the process's resident memory rises above where it was. What the heap holds in reserve is given back first.</summary>
    public static (double Milliseconds, long Bytes) Measure(Action action)
    {
        GC.Collect();
        _ = TrimHeap(0);
        ProcessMemory.ForgetPeak();
        long before = ProcessMemory.Resident("VmRSS");
        var clock = Stopwatch.StartNew();
        using (NewDisposeScope())
            action();
        return (clock.Elapsed.TotalMilliseconds, ProcessMemory.Resident("VmHWM") - before);
    }

    /// <summary>The middle of each.</summary>
    public static (double Milliseconds, long Bytes) Median(List<(double Milliseconds, long Bytes)> values) => (
        values.Select(v => v.Milliseconds).Order().ElementAt(values.Count / 2),
        values.Select(v => v.Bytes).Order().ElementAt(values.Count / 2));

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int TrimHeap(nuint pad);
}
