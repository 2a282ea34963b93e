using System.Data.Common;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace DpoLab.Web.Compute;

/// <summary>
/// Takes a run's events in. One transaction holds the data of a batch and the number of its last event, so a batch is in as a whole or not at
/// all, and one that comes twice changes nothing.
/// </summary>
public sealed class RunIngest(LabDatabase database, RunSignals signals)
{
    /// <summary>Stores what is new in <paramref name="batch"/>, and signals.</summary>
    /// <returns>The number of the last event that is stored.</returns>
    /// <exception cref="EventGapException">An event is missing before the batch: ask again for those after the last stored one.</exception>
    /// <exception cref="NotFoundException">There is no such run.</exception>
    public async Task<long> StoreAsync(string runId, IReadOnlyList<RunEvent> batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        bool started = false;
        bool ended = false;
        long last = await database.WriteAsync(
            async db =>
            {
                RunEntity run = await db.Runs.FirstOrDefaultAsync(r => r.Id == runId, cancellationToken) ?? throw RunCommands.Missing(runId);
                RunEvent[] fresh = [.. batch.Where(e => e.Seq > run.LastSeq)];
                if (fresh.Length == 0)
                    return run.LastSeq;
                RequireNoGap(run, fresh);
                List<RunStageEntity> stages = await db.RunStages.Where(s => s.RunId == runId).OrderBy(s => s.Position).ToListAsync(cancellationToken);
                var progress = new RunProgress(run, stages, stage => db.RunStages.Add(stage), stage => db.RunStages.Remove(stage));
                foreach (RunEvent e in fresh)
                    progress.Apply(e);
                started = fresh.Any(e => e is StartedEvent);
                ended = fresh.Any(e => e is FinishedEvent);
                StoreData(db, runId, fresh);
                run.LastSeq = fresh[^1].Seq;
                return run.LastSeq;
            },
            cancellationToken);
        if (ended)
            await signals.ChangedAndDispatchAsync([runId]);
        else if (started)
            await signals.StateChangedAsync([runId]);
        else
            await signals.ChangedAsync([runId]);
        return last;
    }

    private static void StoreData(LabDbContext db, string runId, RunEvent[] events)
    {
        DbConnection connection = db.Database.GetDbConnection();
        DbTransaction transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        if (events.OfType<MetricEvent>().Any())
        {
            using var metrics = new MetricIngest(connection, transaction);
            metrics.Store(runId, events.OfType<MetricEvent>());
        }

        using var data = new DataIngest(connection, transaction);
        foreach (RunEvent e in events)
            data.Store(runId, e);
    }

    private static void RequireNoGap(RunEntity run, RunEvent[] fresh)
    {
        for (int i = 0; i < fresh.Length; i++)
        {
            if (fresh[i].Seq != run.LastSeq + 1 + i)
                throw new EventGapException(run.Id, run.LastSeq + 1 + i, fresh[i].Seq);
        }
    }
}

/// <summary>Events came out of order or with one missing.</summary>
public sealed class EventGapException(string runId, long expected, long got)
    : Exception($"Run {runId}: event {expected} was to come next, and {got} came. Nothing of the batch was stored.");
