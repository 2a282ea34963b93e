using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Charts;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs;

/// <summary>A search as it goes on and when it is done.</summary>
public sealed partial class SearchPanels
{
    private const int MostTexts = 8;

    private static readonly CurveCell[] BestCurve =
    [
        new()
        {
            Title = "Least toxicity within the budget",
            Meaning = "toxicity on the selection half of the best trial so far that keeps to the perplexity budget, by trial",
            Headline = MetricNames.SearchBest,
            Format = ChartFormat.Fraction,
            Curves = [new CurveStyle(MetricNames.SearchBest, "best so far", "edited") { Width = 2 }],
        },
    ];

    private SearchLine[] trials = [];
    private EvaluationRow[] measured = [];
    private IReadOnlyList<GenerationRecord> texts = [];
    private RunView? built;

    [Inject]
    private RunQueries Runs { get; set; } = null!;

    [Parameter, EditorRequired]
    public RunView Run { get; set; } = null!;

    /// <summary>Null while it goes on.</summary>
    [Parameter]
    public SearchResult? Result { get; set; }

    private bool HasCurve => Run.Series.Any(s => s.Name == MetricNames.SearchBest);

    private int Tried => measured.Count(row => row.Family is RowFamily.Edit);

    private string TrialsSub => Result?.TrialsPerMinute is { } rate
        ? $"{Shell.Numbers.Count(trials.Length)} tried, {Shell.Numbers.Short(rate)} a minute"
        : $"{Shell.Numbers.Count(trials.Length)} so far";

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (ReferenceEquals(built, Run))
            return;
        built = Run;
        trials = [.. SearchLine.Of(Run)];
        EvaluationRow? plain = Result?.Base ?? Run.Rows.FirstOrDefault(row => row.Family is RowFamily.Base);
        measured = [.. new[] { plain }.OfType<EvaluationRow>(), .. trials.Where(trial => trial.Row.Toxicity is not null).Select(trial => trial.Row)];
        if (Result?.Reported.FirstOrDefault(row => row.Budget is not null)?.Variant is { } best && texts.Count == 0)
            texts = (await Runs.TextsAsync(Run.Summary.Id, new TextFilter { Variant = best, Take = MostTexts })).Items;
    }
}

/// <summary>A trial in the table: of the result, or of a row that has come in while the search goes on.</summary>
/// <param name="Row">Its numbers on the selection half.</param>
/// <param name="Why">Why it cannot be chosen; null: it can, or it is not known yet.</param>
/// <param name="Trial">Null while the search goes on.</param>
public sealed record SearchLine(EvaluationRow Row, string? Why, SearchTrial? Trial)
{
    private const string Prefix = "trial ";

    /// <summary>The number that the trial's name begins with.</summary>
    public string Number => Row.Variant[Prefix.Length..Row.Variant.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The edit in words: all of a search are edits, which need not be said.</summary>
    public string Edit => Row.Variant[(Row.Variant.IndexOf(", ", StringComparison.Ordinal) + 2)..];

    /// <summary>The trials of a search, also of one that has not ended.</summary>
    public static IEnumerable<SearchLine> Of(RunView run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Result is SearchResult result
            ? result.Trials.Select(trial => new SearchLine(trial.Row, trial.NotEligible, trial))
            : run.Rows.Where(row => row.Variant.StartsWith(Prefix, StringComparison.Ordinal)).Select(row => new SearchLine(row, row.Cut, null));
    }
}
