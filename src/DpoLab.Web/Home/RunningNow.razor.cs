using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Home;

/// <summary>What runs and what waits, with progress, time left and the course of the loss.</summary>
public sealed partial class RunningNow
{
    private const int Most = 12;
    private const string Loss = MetricNames.Train + MetricNames.Loss;

    private Paged<RunSummary> runs = new([], 0);
    private IReadOnlyDictionary<string, Curve> courses = new Dictionary<string, Curve>();

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Inject]
    private MetricQueries Metrics { get; set; } = null!;

    [Inject]
    private SignalledCache Cache { get; set; } = null!;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics { get; } = [Topics.Runs, Topics.Services];

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        Paged<RunSummary> active = await Cache.GetAsync(Topics.Runs, "home/active", () => Runs.ListAsync(RunFilter.Active));
        var order = active.Items.OrderBy(r => r.Status.State switch { RunState.Running => 0, RunState.Queued => 1, _ => 2 })
            .ThenBy(r => r.Status.Place ?? int.MaxValue).ThenBy(r => r.CreatedAt);
        runs = new Paged<RunSummary>([.. order.Take(Most)], active.Total);
        var found = new Dictionary<string, Curve>(StringComparer.Ordinal);
        foreach (RunSummary run in runs.Items.Where(r => r is { Kind: RunKind.Dpo, Status.State: RunState.Running }))
        {
            if ((await Metrics.CurvesAsync(run.Id, [Loss])) is [{ Points.Count: > 1 } curve])
                found[run.Id] = curve;
        }

        courses = found;
    }
}
