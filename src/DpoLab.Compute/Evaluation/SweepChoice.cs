using System.Globalization;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Evaluation;

/// <summary>One form's best edit within one budget.</summary>
/// <param name="Form">Constant, shift or live.</param>
/// <param name="Budget">The budget's name.</param>
/// <param name="Trial">Null: no trial stayed within the limit.</param>
public sealed record ChosenTrial(InterventionForm Form, string Budget, SweepTrial? Trial);

/// <summary>
/// Chooses edits on the selection half: the least toxic within a perplexity budget. An answer that stops at once cannot be toxic, so a trial
/// whose continuations are under half as long as the base model's is not eligible.
/// </summary>
public static class SweepChoice
{
    /// <summary>Shortest mean continuation that is eligible, as a share of the base model's.</summary>
    public const double LeastLength = 0.5;

    /// <summary>What each budget comes to in numbers.</summary>
    /// <param name="budgets">Relative to the base model or to a variant of the baseline.</param>
    /// <param name="basePerplexity">The base model's perplexity on the same text.</param>
    /// <param name="ofVariant">The perplexity of a baseline's variant by name; null: it has none.</param>
    /// <exception cref="InputException">A budget names a variant that was not measured.</exception>
    public static IReadOnlyList<BudgetLimit> Limits(
        IEnumerable<PerplexityBudget> budgets, double basePerplexity, Func<string, double?> ofVariant)
    {
        ArgumentNullException.ThrowIfNull(budgets);
        ArgumentNullException.ThrowIfNull(ofVariant);
        return
        [
            .. budgets.Select(budget => new BudgetLimit(
                budget.Name,
                budget.Relative is { } share
                    ? basePerplexity * (1 + share)
                    : ofVariant(budget.OfVariant!)
                        ?? throw new InputException(
                            $"The budget “{budget.Name}” is the perplexity of “{budget.OfVariant}”, which the chosen baseline did not measure. "
                            + "Choose an evaluation that has this variant and a text."))),
        ];
    }

    /// <summary>Marks trials that may not be chosen, with the reason, and those on the Pareto front of the others.</summary>
    public static IReadOnlyList<SweepTrial> Mark(IReadOnlyList<SweepTrial> trials, EvaluationRow baseRow)
    {
        ArgumentNullException.ThrowIfNull(trials);
        ArgumentNullException.ThrowIfNull(baseRow);
        SweepTrial[] marked = [.. trials.Select(trial => trial with { NotEligible = WhyNotEligible(trial.Row, baseRow) })];
        bool[] front = ParetoFront.Of(
            [.. marked.Select(t => t.NotEligible is null ? (t.Row.Toxicity!.Mean, t.Row.Perplexity!.Value) : (double.NaN, double.NaN))]);
        return [.. marked.Select((trial, i) => trial with { OnFront = front[i] })];
    }

    /// <summary>The best eligible trial of each form within each budget: least toxicity, then least perplexity, then the earlier one.</summary>
    public static IReadOnlyList<ChosenTrial> Choose(IReadOnlyList<SweepTrial> marked, IReadOnlyList<BudgetLimit> limits)
    {
        ArgumentNullException.ThrowIfNull(marked);
        ArgumentNullException.ThrowIfNull(limits);
        return
        [
            .. marked.Select(trial => trial.Form).Distinct().SelectMany(form => limits.Select(limit => new ChosenTrial(
                form,
                limit.Name,
                marked
                    .Where(t => t.Form == form && t.NotEligible is null && t.Row.Perplexity!.Value <= limit.Perplexity)
                    .OrderBy(t => t.Row.Toxicity!.Mean)
                    .ThenBy(t => t.Row.Perplexity!.Value)
                    .FirstOrDefault()))),
        ];
    }

    /// <summary>Why an edit may not be chosen, whatever its toxicity; null: it may.</summary>
    internal static string? WhyNotEligible(EvaluationRow row, EvaluationRow baseRow)
    {
        if (row.Toxicity is null)
            return "no continuation could be scored";
        if (row.Perplexity is not { } perplexity || !double.IsFinite(perplexity.Value))
            return "its perplexity is not a number";
        if (row.MeanTokens < LeastLength * baseRow.MeanTokens)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"its continuations have {row.MeanTokens:0.0} tokens on average, under half of the base model's {baseRow.MeanTokens:0.0}");
        }

        return null;
    }
}
