using DpoLab.Web.Data;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Home;

/// <summary>What runs now, what came out, what needs a look; on a new lab three steps to the first result.</summary>
public sealed partial class HomePage
{
    private int running;
    private int waiting;
    private int done;
    private bool isNew;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics { get; } = [Topics.Runs];

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        IReadOnlyDictionary<RunState, int> counts = await Runs.CountAsync();
        running = counts.GetValueOrDefault(RunState.Running);
        waiting = counts.GetValueOrDefault(RunState.Queued) + counts.GetValueOrDefault(RunState.Waiting);
        done = counts.GetValueOrDefault(RunState.Succeeded);
        isNew = counts.Values.Sum() == 0;
    }
}
