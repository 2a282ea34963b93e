using DpoLab.Contracts.Runs;
using DpoLab.Web.Downloads;
using DpoLab.Web.Live;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Datasets;

/// <summary>The datasets of the lab, and the first records of one of them.</summary>
public partial class DatasetsPage
{
    private static readonly string[] Heard = [Topics.Datasets, Topics.Runs];

    private AddDatasetDialog? dialog;

    [Inject]
    private DatasetQueries Queries { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <summary>Whose records are shown.</summary>
    [SupplyParameterFromQuery(Name = "show")]
    private int? Show { get; set; }

    [SupplyParameterFromQuery(Name = "kind")]
    private string? KindWord { get; set; }

    [Inject]
    private DownloadQueries Arriving { get; set; } = null!;

    private IReadOnlyList<DatasetView> All { get; set; } = [];

    private IReadOnlyList<DownloadView> Downloads { get; set; } = [];

    private DatasetKind? Kind => Words.Parse<DatasetKind>(KindWord);

    private IReadOnlyList<DatasetView> Shown => Kind is { } kind ? [.. All.Where(dataset => dataset.Kind == kind)] : All;

    private DatasetView? Chosen => All.FirstOrDefault(dataset => dataset.Id == Show);

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => Heard;

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        Downloads = await Arriving.ListAsync(datasets: true);
        All = await Queries.ListAsync();
    }

    private Task AddAsync() => dialog?.OpenAsync(Kind) ?? Task.CompletedTask;
}
