using DpoLab.Web.Data;
using DpoLab.Web.Live;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Runs;

/// <summary>Says that runs changed to everyone who shows them: their pages, the lists, and the studies that they are part of.</summary>
public sealed class RunSignals(LabDatabase database, LabSignals signals, SignalledCache cache)
{
    /// <summary>Data or progress changed. Call it after the change is committed.</summary>
    public async Task ChangedAsync(IReadOnlyCollection<string> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0)
            return;
        ILookup<string, string> studies = await StudiesAsync();
        foreach (string run in runs)
            signals.Publish(Topics.Run(run));
        foreach (string study in runs.SelectMany(run => studies[run]).Distinct(StringComparer.Ordinal))
            signals.Publish(Topics.Study(study));
        signals.Publish(Topics.Runs);
    }

    /// <summary>States changed: the runs that wait for these say so too.</summary>
    public async Task StateChangedAsync(IReadOnlyCollection<string> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ILookup<string, string> dependents = await DependentsAsync();
        await ChangedAsync([.. runs.Concat(runs.SelectMany(run => dependents[run])).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>As <see cref="StateChangedAsync"/>, and the dispatcher plans again: a run was added, ended, is to be cancelled or tried again.</summary>
    public async Task ChangedAndDispatchAsync(IReadOnlyCollection<string> runs)
    {
        await StateChangedAsync(runs);
        signals.Publish(Topics.Dispatch);
    }

    /// <summary>A study was added or its members changed.</summary>
    public void StudyChanged(string study)
    {
        signals.Publish(Topics.Studies);
        signals.Publish(Topics.Study(study));
    }

    private Task<ILookup<string, string>> DependentsAsync() => cache.GetAsync(Topics.Dispatch, "run-dependents", () => database.ReadAsync(async db =>
        (await db.RunNeeds.Select(n => new { n.NeededId, n.RunId }).ToListAsync()).ToLookup(n => n.NeededId, n => n.RunId, StringComparer.Ordinal)));

    private Task<ILookup<string, string>> StudiesAsync() => cache.GetAsync(Topics.Studies, "run-studies", () => database.ReadAsync(async db =>
        (await db.StudyNodes.Select(n => new { n.RunId, n.StudyId }).ToListAsync()).ToLookup(n => n.RunId, n => n.StudyId, StringComparer.Ordinal)));
}
