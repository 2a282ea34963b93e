using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Compute;

/// <summary>Decides which waiting runs can start and which are blocked.</summary>
public sealed class RunPlan(LabDatabase database, RunSignals signals)
{
    /// <summary>Queues every waiting run whose needs have all succeeded, and notes for the others what stands in their way.</summary>
    public async Task UpdateAsync(CancellationToken cancellationToken = default)
    {
        if (!await database.ReadAsync(db => db.Runs.AnyAsync(r => r.State == RunState.Waiting, cancellationToken), cancellationToken))
            return;
        List<string> changed = await database.WriteAsync(
            async db =>
            {
                List<RunEntity> waiting = await db.Runs.Where(r => r.State == RunState.Waiting).OrderBy(r => r.CreatedAt).ToListAsync(cancellationToken);
                string[] ids = [.. waiting.Select(r => r.Id)];
                var needs = await db.RunNeeds.Where(n => ids.Contains(n.RunId))
                    .Join(db.Runs, n => n.NeededId, r => r.Id, (n, r) => new { n.RunId, r.Id, r.State }).ToListAsync(cancellationToken);
                return Plan(waiting, needs.ToLookup(n => n.RunId, n => (n.Id, n.State), StringComparer.Ordinal));
            },
            cancellationToken);
        await signals.StateChangedAsync(changed);
    }

    /// <summary>Changes the waiting runs; returns the ids of those that changed.</summary>
    internal static List<string> Plan(IReadOnlyList<RunEntity> waiting, ILookup<string, (string Id, RunState State)> needs)
    {
        var byId = waiting.ToDictionary(r => r.Id, StringComparer.Ordinal);
        var blockers = new Dictionary<string, string?>(StringComparer.Ordinal);
        var changed = new List<string>();
        foreach (RunEntity run in waiting)
        {
            string? blocker = Blocker(run.Id, byId, needs, blockers);
            bool ready = needs[run.Id].All(n => n.State is RunState.Succeeded);
            if (ready)
                run.State = RunState.Queued;
            if (ready || run.BlockedBy != blocker)
                changed.Add(run.Id);
            run.BlockedBy = blocker;
        }

        return changed;
    }

    /// <summary>The nearest needed run, at any distance, that did not succeed and will not by itself. Circles were refused when the runs came in.</summary>
    private static string? Blocker(
        string id, Dictionary<string, RunEntity> waiting, ILookup<string, (string Id, RunState State)> needs, Dictionary<string, string?> known)
    {
        if (known.TryGetValue(id, out string? found))
            return found;
        foreach ((string needed, RunState state) in needs[id])
        {
            found ??= state switch
            {
                RunState.Failed or RunState.Cancelled => needed,
                RunState.Waiting when waiting.ContainsKey(needed) => Blocker(needed, waiting, needs, known),
                _ => null,
            };
        }

        known[id] = found;
        return found;
    }
}
