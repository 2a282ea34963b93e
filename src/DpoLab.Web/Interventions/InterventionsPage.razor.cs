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
    private IReadOnlyList<EvaluationRow> trials = [];
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

    [SupplyParameterFromQuery(Name = "half")]
    private string? Half { get; set; }

    [SupplyParameterFromQuery(Name = "order")]
    private string? Order { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> WatchedTopics => [Topics.Study(Id)];

    private bool OfTrials => Half == "selection" && trials.Count > 0;

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        var now = await Queries.FindAsync(Id);
        if (now is not null && !ReferenceEquals(now, view))
        {
            figures.Update(now);
            rows = [.. now.Table.Rows.Where(row => row.Row is not null)];
            trials = await TrialsAsync(now);
        }

        view = now;
        shown = OfTrials ? trials : figures.Rows;
        first = Known(A) ?? Key(rows.FirstOrDefault(row => row.Family is RowFamily.Base) ?? rows.FirstOrDefault());
        second = Known(B) ?? Key(rows.FirstOrDefault(row => row.Family is RowFamily.Dpo) ?? rows.Skip(1).FirstOrDefault());
    }

    /// <summary>How the address names a row.</summary>
    internal static string? Key(StudyTableRow? row) => row is null ? null : $"{row.RunId}:{row.Variant}";

    /// <summary>Trials are measured on other prompts than rows, and never stand beside them.</summary>
    private async Task<IReadOnlyList<EvaluationRow>> TrialsAsync(StudyView study)
    {
        var found = new List<EvaluationRow>();
        foreach (var node in study.Nodes.Where(node => node.Run.Kind is RunKind.Sweep or RunKind.Search))
        {
            if (await Runs.FindAsync(node.Run.Id) is not { } run)
                continue;
            found.AddRange(run.Result switch
            {
                SweepResult sweep => sweep.Trials.Select(trial => trial.Row),
                SearchResult search => search.Trials.Select(trial => trial.Row).Prepend(search.Base),
                _ => run.Rows.Where(row => row.Budget is null && row.Family is RowFamily.Edit),
            });
        }

        return [.. found.Where(row => row.Toxicity is not null)];
    }

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
