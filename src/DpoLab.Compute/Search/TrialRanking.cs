using DpoLab.Compute.Evaluation;
using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Search;

/// <summary>
/// Which trial is better: those within the budget by toxicity, then those beyond it by how far, then those that may not be chosen.
/// </summary>
public static class TrialRanking
{
    /// <summary>Share by which the first quarter of the text must break the budget for a trial to be cut.</summary>
    public const double CutBeyond = 0.2;

    /// <summary>The trials from the best to the worst; equals stay in their order.</summary>
    /// <param name="trials">Marked.</param>
    /// <param name="limit">The budget: perplexity over the base model's.</param>
    /// <param name="basePerplexity">On the whole text.</param>
    public static IReadOnlyList<SearchTrial> BestFirst(IEnumerable<SearchTrial> trials, double limit, double basePerplexity)
    {
        ArgumentNullException.ThrowIfNull(trials);
        return [.. trials.OrderBy(Tier).ThenBy(Loss)];

        int Tier(SearchTrial trial) => trial.Within ? 0 : trial.Row.Cut is null && trial.NotEligible is not null ? 2 : 1;

        double Loss(SearchTrial trial) => trial.Within
            ? trial.Row.Toxicity!.Mean
            : ((trial.Row.Perplexity?.Value / basePerplexity) ?? trial.EarlyRatio ?? double.PositiveInfinity) / limit;
    }

    /// <summary>Says of each trial whether it may be chosen, whether it keeps to the budget and whether it is on the front.</summary>
    /// <param name="trials">In their order.</param>
    /// <param name="baseRow">The base model on the same prompts and text.</param>
    /// <param name="limit">The budget: perplexity over the base model's.</param>
    public static IReadOnlyList<SearchTrial> Mark(IReadOnlyList<SearchTrial> trials, EvaluationRow baseRow, double limit)
    {
        ArgumentNullException.ThrowIfNull(trials);
        ArgumentNullException.ThrowIfNull(baseRow);
        SearchTrial[] marked = [.. trials.Select(trial => Mark(trial, baseRow, limit))];
        bool[] front = ParetoFront.Of(
            [.. marked.Select(t => t.NotEligible is null ? (t.Row.Toxicity!.Mean, t.Row.Perplexity!.Value) : (double.NaN, double.NaN))]);
        return [.. marked.Select((trial, i) => trial with { OnFront = front[i] })];
    }

    private static SearchTrial Mark(SearchTrial trial, EvaluationRow baseRow, double limit)
    {
        string? why = trial.Row.Cut ?? SweepChoice.WhyNotEligible(trial.Row, baseRow);
        return trial with { NotEligible = why, Within = why is null && trial.Row.Perplexity!.Value <= limit * baseRow.Perplexity!.Value };
    }
}
