using System.Collections.Concurrent;
using DpoLab.Contracts.Hosting;
using DpoLab.Web.Data;
using DpoLab.Web.Live;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Compute;

/// <summary>
/// Keeps every run going: plans after each change, and follows each active run on its service. It holds nothing that is not in the database, so
/// the lab may be killed at any moment.
/// </summary>
public sealed class RunDispatcher(
    LabDatabase database, RunPlan plan, RunFollower follower, ComputeServices services, LabSignals signals, ILogger<RunDispatcher> log) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Task> following = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim wake = new(1, 1);

    /// <inheritdoc/>
    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using IDisposable changes = signals.Subscribe(Topics.Dispatch, Wake);
        foreach (ComputeConnection connection in services.Connections.Values)
            connection.Reached = Wake;
        while (!stoppingToken.IsCancellationRequested)
        {
            await wake.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await plan.UpdateAsync(stoppingToken);
                await FollowActiveAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "Planning the runs failed; it is tried again.");
                await Task.Delay(LookAgain, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Wake();
            }
        }

        await Task.WhenAll(following.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // a look is due already, or the lab ends
        }
    }

    private async Task FollowActiveAsync(CancellationToken cancellationToken)
    {
        var active = await database.ReadAsync(
            db => db.Runs.Where(r => r.State == RunState.Queued || r.State == RunState.Running).OrderBy(r => r.CreatedAt)
                .Select(r => new { r.Id, r.Service, r.CancelRequested }).ToListAsync(cancellationToken),
            cancellationToken);
        foreach (var run in active)
        {
            if (services.Find(run.Service)?.Hub is not { } hub)
                continue;
            // started only once it is in the dictionary: it takes itself out at its end
            var follow = new Task<Task>(() => FollowAsync(run.Id, run.Service, cancellationToken), cancellationToken);
            if (following.TryAdd(run.Id, follow.Unwrap()))
                follow.Start(TaskScheduler.Default);
            else if (run.CancelRequested)
                await CancelAsync(hub, run.Id);
        }
    }

    private async Task FollowAsync(string runId, string service, CancellationToken cancellationToken)
    {
        try
        {
            while (services.Find(service)?.Hub is { } hub && !cancellationToken.IsCancellationRequested)
            {
                if (await TryFollowAsync(runId, hub, cancellationToken))
                    break;
                await Task.Delay(LookAgain, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            following.TryRemove(runId, out _);
            // the service may have come back, or the run been retried, between the last look and now
            Wake();
        }
    }

    private async Task<bool> TryFollowAsync(string runId, IComputeHub hub, CancellationToken cancellationToken)
    {
        try
        {
            return await follower.FollowAsync(runId, hub, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogInformation("Following run {Run} ended ({Reason}); it goes on from the last stored event.", runId, e.Message);
            return false;
        }
    }

    /// <summary>The follower asks again after a reconnection, so a failure here loses nothing.</summary>
    private async Task CancelAsync(IComputeHub hub, string runId)
    {
        try
        {
            await hub.CancelAsync(runId);
        }
        catch (Exception e) when (e is HubException or InvalidOperationException or IOException or OperationCanceledException)
        {
            log.LogWarning("Cancelling run {Run} has to be repeated: {Reason}", runId, e.Message);
        }
    }
}
