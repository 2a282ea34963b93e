using DpoLab.Contracts.Results;

namespace DpoLab.Web.Studies;

/// <summary>What steering away from the direction reaches, and at which cost.</summary>
internal static class SteerFindings
{
    public static IEnumerable<Finding> Of(StudyTable table)
    {
        StudyTableRow[] rows = [.. table.Rows.Where(r => r.Row is { Family: RowFamily.Steer, Toxicity: not null, DifferenceToDpo: not null })];
        if (rows.Length == 0)
            yield break;
        StudyTableRow best = rows.MinBy(r => r.Row!.Toxicity!.Mean)!;
        Estimate difference = best.Row!.DifferenceToDpo!;
        string verdict = difference switch
        {
            { High: < 0 } => "below DPO",
            { Low: > 0 } => "not as far as DPO",
            _ => "as far as DPO, as these prompts can tell",
        };
        string cost = best.Row.Perplexity is { } perplexity ? $" at perplexity {Say.Perplexity(perplexity.Value)}" : "";
        yield return new Finding(
            FindingKind.Neutral,
            $"Steering away from the direction ({best.Name}) brings toxicity to {Say.Share(best.Row.Toxicity!.Mean)}{cost}: {verdict} ({Say.Difference(difference)}).",
            [best.RunId]);
    }
}
