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
            yield return new Finding(FindingKind.Neutral, "Some forms of edit have none within the budget.", [.. nothing.Select(r => r.RunId).Distinct(StringComparer.Ordinal)])
            {
                Details = [$"No edit that was tried stays within it for: {string.Join("; ", nothing.Select(r => r.Name))}."],
            };
        }
    }

    private static Finding OfBudget(string budget, StudyTableRow[] rows)
    {
        StudyTableRow best = rows.MinBy(r => r.Row!.Toxicity!.Mean)!;
        Estimate difference = best.Row!.DifferenceToDpo!;
        (FindingKind kind, string verdict, string meaning) = difference switch
        {
            { High: < 0 } => (FindingKind.Holds, "is less toxic than DPO", "Here one does better."),
            { Low: > 0 } => (FindingKind.DoesNotHold, "does not reach DPO", "Here none that was tried does."),
            _ => (FindingKind.Undecided, "cannot be told from DPO", "Here these prompts do not decide it."),
        };
        // the sweep names its rows with their budget, which the sentence says already
        string name = best.Name.Replace(", " + budget, "", StringComparison.Ordinal);
        string cost = best.Row.Perplexity is { } perplexity ? $", perplexity {Say.Perplexity(perplexity.Value)}" : "";
        return new Finding(kind, $"The best edit without tuning {budget} {verdict}.", [best.RunId])
        {
            Details = [$"It is {name}: toxicity {Say.Share(best.Row.Toxicity!.Mean)}{cost}.", Say.Difference("Edit − DPO", difference)],
            Paper = $"The paper: edits without tuning do as well as DPO or better. {meaning}",
        };
    }
}
