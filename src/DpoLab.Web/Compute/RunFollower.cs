using System.Text.Json;
using System.Threading.Channels;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Runs;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Compute;

/// <summary>Hands one queued run to its service and takes its events in until it has ended. Everything that it does may be repeated.</summary>
public sealed class RunFollower(LabDatabase database, RunIngest ingest, RunSignals signals, NeuronSetUploads sets, ILogger<RunFollower> log)
{
    private const int MostEventsAtOnce = 4096;

    /// <summary>Follows while the connection lasts.</summary>
    /// <returns>True: the run has ended; false: follow again when the service is back.</returns>
    public async Task<bool> FollowAsync(string runId, IComputeHub hub, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(hub);
        Stand? stand = await ReadAsync(runId, cancellationToken);
        if (stand is not { IsActive: true })
            return true;
        if (!await SubmitAsync(stand, hub, cancellationToken))
            return true;
        if (stand.CancelRequested)
            await hub.CancelAsync(runId);
        await TakeInAsync(runId, stand.LastSeq, hub, cancellationToken);
        return await ReadAsync(runId, cancellationToken) is not { IsActive: true };
    }

    /// <summary>False: the service refused the run, which has failed with its reason.</summary>
    private async Task<bool> SubmitAsync(Stand stand, IComputeHub hub, CancellationToken cancellationToken)
    {
        RunSpec spec = JsonSerializer.Deserialize<RunSpec>(stand.SpecJson, ContractJson.Options)!;
        try
        {
            await sets.SendAsync(spec.Parameters.Inputs(), stand.Service, cancellationToken);
            await hub.SubmitAsync(spec, stand.Attempt);
        }
        catch (HubException e)
        {
            log.LogWarning("Run {Run} was refused: {Reason}", spec.Id, e.Message);
            await ChangeAsync(spec.Id, run =>
            {
                run.State = RunState.Failed;
                run.Reason = HubErrors.Message(e);
                run.FinishedAt = DateTimeOffset.UtcNow;
                run.CancelRequested = false;
            }, cancellationToken);
            await signals.ChangedAndDispatchAsync([spec.Id]);
            return false;
        }

        if (stand.SubmittedAt is null)
            await ChangeAsync(spec.Id, run => run.SubmittedAt = DateTimeOffset.UtcNow, cancellationToken);
        return true;
    }

    private async Task TakeInAsync(string runId, long lastSeq, IComputeHub hub, CancellationToken cancellationToken)
    {
        var batches = Channel.CreateBounded<IReadOnlyList<RunEvent>>(256);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task reading = PumpAsync(hub.FollowAsync(runId, lastSeq, ended.Token), batches.Writer, ended.Token);
        try
        {
            // what arrived while the batch before was being stored is stored together: few commits when much comes, none waited for when little does
            while (await batches.Reader.WaitToReadAsync(cancellationToken))
            {
                var batch = new List<RunEvent>();
                while (batch.Count < MostEventsAtOnce && batches.Reader.TryRead(out IReadOnlyList<RunEvent>? more))
                    batch.AddRange(more);
                await ingest.StoreAsync(runId, batch, cancellationToken);
            }

            await reading;
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private static async Task PumpAsync(
        IAsyncEnumerable<IReadOnlyList<RunEvent>> events, ChannelWriter<IReadOnlyList<RunEvent>> batches, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (IReadOnlyList<RunEvent> batch in events.WithCancellation(cancellationToken))
                await batches.WriteAsync(batch, cancellationToken);
            batches.Complete();
        }
        catch (Exception e)
        {
            batches.Complete(e);
            throw;
        }
    }

    private Task<Stand?> ReadAsync(string runId, CancellationToken cancellationToken) => database.ReadAsync(
        db => db.Runs.Where(r => r.Id == runId)
            .Select(r => new Stand(r.SpecJson, r.Service, r.State, r.Attempt, r.LastSeq, r.SubmittedAt, r.CancelRequested)).FirstOrDefaultAsync(cancellationToken),
        cancellationToken);

    private Task ChangeAsync(string runId, Action<RunEntity> change, CancellationToken cancellationToken) => database.WriteAsync(
        async db => change(await db.Runs.FirstAsync(r => r.Id == runId, cancellationToken)), cancellationToken);

    private sealed record Stand(string SpecJson, string Service, RunState State, int Attempt, long LastSeq, DateTimeOffset? SubmittedAt, bool CancelRequested)
    {
        public bool IsActive => State is RunState.Queued or RunState.Running;
    }
}
