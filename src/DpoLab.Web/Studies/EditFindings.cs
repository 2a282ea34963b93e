using DpoLab.Contracts.Results;

namespace DpoLab.Web.Studies;

/// <summary>Whether an edit that needs no tuned model does as well as DPO, at the same cost in perplexity.</summary>
internal static class EditFindings
{
    public static IEnumerable<Finding> Of(StudyTable table)
    {
        StudyTableRow[] edits = [.. table.Rows.Where(r => r.Row is { Family: RowFamily.Edit, Toxicity: not null, DifferenceToDpo: not null })];
        foreach (IGrouping<string, StudyTableRow> budget in edits.GroupBy(e => e.Row!.Budget ?? "without a budget", StringComparer.Ordinal))
            yield return OfBudget(budget.Key, [.. budget]);
        StudyTableRow[] nothing = [.. table.Rows.Where(r => r is { Family: RowFamily.Edit, Row: null, RunState: Data.RunState.Succeeded })];
        if (nothing.Length > 0)
        {
            yield return new Finding(
                FindingKind.Neutral,
                $"No edit that was tried stayed within the budget for: {string.Join("; ", nothing.Select(r => r.Name))}.",
                [.. nothing.Select(r => r.RunId).Distinct(StringComparer.Ordinal)]);
        }
    }

    private static Finding OfBudget(string budget, StudyTableRow[] rows)
    {
        StudyTableRow best = rows.MinBy(r => r.Row!.Toxicity!.Mean)!;
        Estimate difference = best.Row!.DifferenceToDpo!;
        (FindingKind kind, string verdict) = difference switch
        {
            { High: < 0 } => (FindingKind.Holds, "is less toxic than DPO"),
            { Low: > 0 } => (FindingKind.DoesNotHold, "does not reach DPO: it is more toxic"),
            _ => (FindingKind.Undecided, "cannot be told from DPO"),
        };
        string cost = best.Row.Perplexity is { } perplexity ? $", perplexity {Say.Perplexity(perplexity.Value)}" : "";
        // the sweep names its rows with their budget, which the sentence says already
        string name = best.Name.Replace(", " + budget, "", StringComparison.Ordinal);
        return new Finding(
            kind,
            $"The best edit without tuning {budget} ({name}: toxicity {Say.Share(best.Row.Toxicity!.Mean)}{cost}) {verdict} ({Say.Difference(difference)}).",
            [best.RunId]);
    }
}
