using DpoLab.Web.Data;
using DpoLab.Web.Live;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Runs;

/// <summary>Says that runs changed to everyone who shows them: their pages, the lists, and the studies that they are part of.</summary>
public sealed class RunSignals(LabDatabase database, LabSignals signals, SignalledCache cache)
{
    /// <summary>Call it after the change is committed.</summary>
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

    /// <summary>As the other, and the dispatcher plans again: a run was added, ended, is to be cancelled or tried again.</summary>
    public async Task ChangedAndDispatchAsync(IReadOnlyCollection<string> runs)
    {
        await ChangedAsync(runs);
        signals.Publish(Topics.Dispatch);
    }

    /// <summary>A study was added or its members changed.</summary>
    public void StudyChanged(string study)
    {
        signals.Publish(Topics.Studies);
        signals.Publish(Topics.Study(study));
    }

    private Task<ILookup<string, string>> StudiesAsync() => cache.GetAsync(Topics.Studies, "run-studies", () => database.ReadAsync(async db =>
        (await db.StudyNodes.Select(n => new { n.RunId, n.StudyId }).ToListAsync()).ToLookup(n => n.RunId, n => n.StudyId, StringComparer.Ordinal)));
}
