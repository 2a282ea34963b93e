using DpoLab.Web.Downloads;
using DpoLab.Web.Live;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Models;

/// <summary>The models and scorers of the lab, and the facts of one of them.</summary>
public partial class ModelsPage
{
    private static readonly string[] Heard = [Topics.Models, Topics.Runs];

    private AddModelDialog? dialog;

    [Inject]
    private ModelQueries Queries { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <summary>Which one's facts are shown: its number, or run and folder.</summary>
    [SupplyParameterFromQuery(Name = "show")]
    private string? Show { get; set; }

    [Inject]
    private DownloadQueries Arriving { get; set; } = null!;

    private IReadOnlyList<ModelView> All { get; set; } = [];

    /// <summary>Models and scorers: which of the two is seen when they are there.</summary>
    private IReadOnlyList<DownloadView> Downloads { get; set; } = [];

    private IReadOnlyList<ModelView> Decoders => [.. Families(All.Where(model => model.Role != "classifier"))];

    private IReadOnlyList<ModelView> Scorers => [.. All.Where(model => model.Role == "classifier")];

    private ModelView? Chosen => Show is null ? null : All.FirstOrDefault(model => KeyOf(model) == Show);

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => Heard;

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        Downloads = await Arriving.ListAsync(datasets: false);
        All = await Queries.ListAsync();
    }

    private static string KeyOf(ModelView model) => model.Id is { } id ? $"{id}" : $"{model.RunId}:{model.Ref.Location}";

    private static string HrefOf(ModelView model) => Urls.ModelOf(KeyOf(model));

    private static string Count(int n, string one, string? several = null) => $"{Numbers.Count(n)} {(n == 1 ? one : several ?? one + "s")}";

    /// <summary>Each added model, followed by what was tuned from it.</summary>
    private static IEnumerable<ModelView> Families(IEnumerable<ModelView> models)
    {
        var all = models.ToList();
        var left = all.Where(model => model.RunId is not null).ToList();
        foreach (var model in all.Where(model => model.RunId is null))
        {
            yield return model;
            foreach (var tuned in left.Where(tuned => tuned.BaseName == model.Name).ToList())
            {
                left.Remove(tuned);
                yield return tuned;
            }
        }

        foreach (var tuned in left)
            yield return tuned;
    }

    private Task AddAsync() => dialog?.OpenAsync() ?? Task.CompletedTask;
}
