using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using DpoLab.Web.Studies;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Interventions;

/// <summary>Everything that a study did to its model, on one plane, in one table, and text by text. The address says what is chosen.</summary>
public sealed partial class InterventionsPage
{
    private readonly StudyFigures figures = new();
    private StudyView? view;
    private IReadOnlyList<EvaluationRow> shown = [];
    private IReadOnlyList<TriedEdits> trials = [];
    private IReadOnlyList<SweepGridView> sweeps = [];
    private IReadOnlyList<StudyTableRow> rows = [];
    private string? first;
    private string? second;

    [Inject]
    private StudyQueries Queries { get; set; } = null!;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    /// <summary>The row whose texts stand left: run and variant, as <c>r-7k2m9x4q:base</c>.</summary>
    [SupplyParameterFromQuery(Name = "a")]
    private string? A { get; set; }

    /// <summary>As <see cref="A"/>, right.</summary>
    [SupplyParameterFromQuery(Name = "b")]
    private string? B { get; set; }

    /// <summary>The sweep or search whose trials are shown; null: the rows of the table.</summary>
    [SupplyParameterFromQuery(Name = "trials")]
    private string? Trials { get; set; }

    /// <summary>The sweep whose grids are shown; null: the first one.</summary>
    [SupplyParameterFromQuery(Name = "sweep")]
    private string? Sweep { get; set; }

    [SupplyParameterFromQuery(Name = "order")]
    private string? Order { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => [Topics.Study(Id)];

    private TriedEdits? OfTrials => trials.FirstOrDefault(tried => tried.RunId == Trials);

    private SweepGridView? Grid => sweeps.FirstOrDefault(sweep => sweep.RunId == Sweep) ?? sweeps.FirstOrDefault();

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        var now = await Queries.FindAsync(Id);
        if (now is not null && !ReferenceEquals(now, view))
        {
            figures.Update(now);
            rows = [.. now.Table.Rows.Where(row => row.Row is not null)];
            IReadOnlyList<RunView> tried = await TriedAsync(now);
            trials = [.. tried.Select(TrialsOf).OfType<TriedEdits>()];
            sweeps = [.. tried.Select(SweepGridView.Of).OfType<SweepGridView>().Where(sweep => sweep.Trials.Count > 0)];
        }

        view = now;
        shown = OfTrials?.Rows ?? figures.Rows;
        first = Known(A) ?? Key(rows.FirstOrDefault(row => row.Family is RowFamily.Base) ?? rows.FirstOrDefault());
        second = Known(B) ?? Key(rows.FirstOrDefault(row => row.Family is RowFamily.Dpo) ?? rows.Skip(1).FirstOrDefault());
    }

    /// <summary>How the address names a row.</summary>
    internal static string? Key(StudyTableRow? row) => row is null ? null : $"{row.RunId}:{row.Variant}";

    /// <summary>The study's sweeps and searches.</summary>
    private async Task<IReadOnlyList<RunView>> TriedAsync(StudyView study)
    {
        var found = new List<RunView>();
        foreach (var node in study.Nodes.Where(node => node.Run.Kind is RunKind.Sweep or RunKind.Search))
        {
            if (await Runs.FindAsync(node.Run.Id) is { } run)
                found.Add(run);
        }

        return found;
    }

    /// <summary>Trials are measured on other prompts than rows, and those of one run on others than those of the next.</summary>
    private static TriedEdits? TrialsOf(RunView run)
    {
        IEnumerable<EvaluationRow> tried = run.Result switch
        {
            SweepResult sweep => sweep.Trials.Select(trial => trial.Row),
            SearchResult search => search.Trials.Select(trial => trial.Row).Prepend(search.Base),
            _ => run.Rows.Where(row => row.Budget is null),
        };
        EvaluationRow[] measured = [.. tried.Where(row => row.Toxicity is not null)];
        return measured.Length == 0 ? null : new TriedEdits(run.Summary.Id, run.Summary.Name, measured, SourceOf(run.Result, measured[0]));
    }

    /// <summary>What made the trials' numbers: a result names what made the rows that it reports, on the other half.</summary>
    private static EvaluationSource? SourceOf(RunResult? result, EvaluationRow trial) => result switch
    {
        SweepResult sweep => sweep.Source,
        SearchResult search => search.Source,
        _ => null,
    } is { } reported
        ? reported with { Half = PromptHalf.Selection, Prompts = trial.Toxicity!.Count + trial.Toxicity.Missing }
        : null;

    private string? Known(string? key) => rows.Any(row => Key(row) == key) ? key : null;

    private string Address(params (string Name, object? Value)[] changes) =>
        Navigation.GetUriWithQueryParameters(changes.ToDictionary(change => change.Name, change => change.Value, StringComparer.Ordinal));

    /// <summary>A mark of the plane becomes the right-hand row.</summary>
    private void Choose(EvaluationRow clicked)
    {
        if (rows.FirstOrDefault(row => row.Name == clicked.Variant) is { } row)
            Go(("b", Key(row)));
    }

    private void Go((string Name, string? Value) change) => Navigation.NavigateTo(Address((change.Name, change.Value)), replace: true);
}

/// <summary>The trials of one sweep or search.</summary>
/// <param name="RunId">Which.</param>
/// <param name="Name">Of the run.</param>
/// <param name="Rows">Those with a toxicity, on its selection prompts.</param>
/// <param name="Source">What made the numbers; null: known when the run has ended.</param>
public sealed record TriedEdits(string RunId, string Name, IReadOnlyList<EvaluationRow> Rows, EvaluationSource? Source);
