using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Compute;

/// <summary>Compute services, their devices, what runs where, and the queue with places.</summary>
public sealed partial class ComputePage
{
    private IReadOnlyList<ServiceView> services = [];
    private IReadOnlyDictionary<string, RunSummary> runs = new Dictionary<string, RunSummary>();

    [Inject]
    private ServiceBoard Board { get; set; } = null!;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics { get; } = [Topics.Services, Topics.Runs];

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        services = Board.List();
        string[] ids = [.. services.SelectMany(s => s.Report is { } r ? r.Queue.Running.Concat(r.Queue.Waiting) : [])];
        runs = (await Runs.ListAsync(ids)).ToDictionary(r => r.Id, StringComparer.Ordinal);
    }
}
