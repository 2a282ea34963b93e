using System.Diagnostics;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>Time and memory of a piece of work in this process.</summary>
internal static class PeakMemory
{
    /// <summary>Time, and how far the process's resident memory rises above where it was (looked at every millisecond).</summary>
    public static (double Milliseconds, long Bytes) Measure(Action action)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        process.Refresh();
        long before = process.WorkingSet64, peak = before;
        using var done = new ManualResetEventSlim();
        var watcher = new Thread(() =>
        {
            using var own = Process.GetCurrentProcess();
            do
            {
                own.Refresh();
                peak = Math.Max(peak, own.WorkingSet64);
            }
            while (!done.Wait(1));
        });
        watcher.Start();
        var clock = Stopwatch.StartNew();
        using (NewDisposeScope())
            action();
        double milliseconds = clock.Elapsed.TotalMilliseconds;
        done.Set();
        watcher.Join();
        return (milliseconds, peak - before);
    }

    public static (double Milliseconds, long Bytes) Median(List<(double Milliseconds, long Bytes)> values) => (
        values.Select(v => v.Milliseconds).Order().ElementAt(values.Count / 2),
        values.Select(v => v.Bytes).Order().ElementAt(values.Count / 2));
}
