using System.Reflection;
using System.Text.Json;
using DpoLab.Compute.Downloads;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;

namespace DpoLab.Compute.Hosting;

/// <summary>The service as it is now.</summary>
internal sealed class ServiceDescription(ServeOptions options, IRunExecutor executor, RunSupervisor supervisor, DeviceMonitor devices)
{
    private static readonly string Version =
        typeof(ServiceDescription).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public ServiceReport Describe() => new()
    {
        Host = Environment.MachineName,
        Version = Version,
        Executor = executor.Name,
        Devices = devices.Describe(),
        Queue = supervisor.Queue,
        FreeDiskBytes = new DriveInfo(options.DataPath).AvailableFreeSpace,
        Hub = HubAccess.Describe(options.DataPath),
    };

    /// <summary>True when nobody would see a difference: memory and disk are compared by 16 MB, load by 5 %.</summary>
    public static bool LooksSame(ServiceReport one, ServiceReport other) => Rounded(one) == Rounded(other);

    private static string Rounded(ServiceReport report) => JsonSerializer.Serialize(
        report with
        {
            FreeDiskBytes = report.FreeDiskBytes >> 24,
            Devices = [.. report.Devices.Select(d => d with { UsedBytes = d.UsedBytes >> 24, Busy = d.Busy is { } busy ? Math.Round(busy * 20) : null })],
        },
        ContractJson.Options);
}
