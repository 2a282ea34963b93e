using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace DpoLab.Compute.Runs;

/// <summary>What people call the devices of this host.</summary>
internal static class Hardware
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The processor's name and its number of logical cores.</summary>
    public static string CpuName { get; } = ReadCpuName();

    /// <summary>
    /// The NVIDIA devices that a run can use: none without the driver's tool, and none when the libtorch beside this program is the one
    /// for processors.
    /// </summary>
    public static IReadOnlyList<Gpu> Gpus()
    {
        if (!HasCudaLibrary)
            return [];
        try
        {
            var start = new ProcessStartInfo("nvidia-smi", "--query-gpu=index,name,memory.total,memory.used,utilization.gpu,temperature.gpu --format=csv,noheader,nounits")
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start);
            string text = process!.StandardOutput.ReadToEnd();
            return process.WaitForExit(Patience) && process.ExitCode == 0
                ? [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Gpu.Parse)]
                : [];
        }
        catch (Win32Exception)
        {
            return [];
        }
    }

    /// <summary>A device as people call it.</summary>
    public static string Describe(Device device) => device.type is TorchSharp.DeviceType.CUDA ? $"cuda:0 {VisibleGpuName()}" : $"cpu {CpuName}";

    /// <summary>The device that a run sees as its first.</summary>
    private static string VisibleGpuName()
    {
        string? first = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")?.Split(',')[0];
        var gpus = Gpus();
        return (gpus.FirstOrDefault(g => string.Equals(g.Index.ToString(CultureInfo.InvariantCulture), first, StringComparison.Ordinal)) ?? gpus.FirstOrDefault())?.Name ?? "";
    }

    private static bool HasCudaLibrary { get; } =
        new[] { AppContext.BaseDirectory, PyTorchLibraries.Folder }.OfType<string>()
            .Any(folder => Directory.EnumerateFiles(folder, "libtorch_cuda*.so", SearchOption.AllDirectories).Any());

    private static string ReadCpuName()
    {
        string? name = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
        return string.Create(CultureInfo.InvariantCulture, $"{name ?? "processor"} ({Environment.ProcessorCount} cores)");
    }
}

/// <summary>One NVIDIA device.</summary>
/// <param name="Index">As <c>CUDA_VISIBLE_DEVICES</c> counts.</param>
/// <param name="Name">Of the product.</param>
/// <param name="MemoryBytes">In all.</param>
/// <param name="UsedBytes">Now.</param>
/// <param name="Busy">0 to 1.</param>
/// <param name="Temperature">Celsius.</param>
internal sealed record Gpu(int Index, string Name, long MemoryBytes, long? UsedBytes, double? Busy, double? Temperature)
{
    /// <summary>Reads a line of <c>nvidia-smi --format=csv,noheader,nounits</c>; what a device does not tell stays null.</summary>
    public static Gpu Parse(string line)
    {
        string[] fields = [.. line.Split(',').Select(f => f.Trim())];
        return new Gpu(
            int.Parse(fields[0], CultureInfo.InvariantCulture),
            fields[1],
            (long)((Number(fields[2]) ?? 0) * (1 << 20)),
            Number(fields[3]) is { } used ? (long)(used * (1 << 20)) : null,
            Number(fields[4]) / 100,
            Number(fields[5]));
    }

    private static double? Number(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
}
