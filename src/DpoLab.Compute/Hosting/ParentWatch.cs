using DpoLab.Compute.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DpoLab.Compute.Hosting;

/// <summary>Ends the service when the process that embeds it is gone; the runs' processes go on.</summary>
internal sealed partial class ParentWatch(ServeOptions options, IHostApplicationLifetime lifetime, ILogger<ParentWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.ParentProcessId is not { } id)
            return;
        var parent = ProcessIdentity.Of(id);
        using var timer = new PeriodicTimer(Look);
        while (parent is { IsAlive: true })
            await timer.WaitForNextTickAsync(stoppingToken);
        LogGone(id);
        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Process {Id}, which embeds this service, is gone: the service ends, runs go on")]
    private partial void LogGone(int id);
}
