using System.Globalization;
using DpoLab.Compute.Runs;
using DpoLab.Contracts.Hosting;

namespace DpoLab.Compute.Hosting;

/// <summary>The devices of this host and their load, asked of the kernel and of <c>nvidia-smi</c>: the service itself never loads libtorch.</summary>
internal sealed class DeviceMonitor
{
    private readonly Lock gate = new();
    private (long Busy, long All) before = ReadCpuTimes();

    /// <summary>Names of the devices that runs can have.</summary>
    public static IReadOnlyList<string> Names() =>
        Hardware.Gpus() is { Count: > 0 } gpus ? [.. gpus.Select(g => $"cuda:{g.Index}")] : ["cpu"];

    /// <summary>The devices now.</summary>
    public IReadOnlyList<DeviceReport> Describe() =>
        Hardware.Gpus() is { Count: > 0 } gpus
            ? [.. gpus.Select(g => new DeviceReport($"cuda:{g.Index}", g.Name, g.MemoryBytes, g.UsedBytes, g.Busy, g.Temperature))]
            : [DescribeCpu()];

    private DeviceReport DescribeCpu()
    {
        double? busy;
        lock (gate)
        {
            var now = ReadCpuTimes();
            busy = now.All > before.All ? Math.Round((now.Busy - before.Busy) / (double)(now.All - before.All), 2) : null;
            before = now;
        }

        var memory = File.ReadLines("/proc/meminfo").Select(l => l.Split(':', 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        long total = Bytes(memory["MemTotal"]);
        return new DeviceReport("cpu", Hardware.CpuName, total, total - Bytes(memory["MemAvailable"]), busy);
    }

    private static long Bytes(string field) => long.Parse(field.Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;

    private static (long Busy, long All) ReadCpuTimes()
    {
        // cpu user nice system idle iowait irq softirq steal …
        long[] times = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(long.Parse)];
        long all = times.Sum();
        return (all - times[3] - times[4], all);
    }
}
