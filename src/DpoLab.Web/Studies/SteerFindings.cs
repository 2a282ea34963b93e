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
            { High: < 0 } => "is less toxic than DPO",
            { Low: > 0 } => "does not reach DPO",
            _ => "cannot be told from DPO",
        };
        string cost = best.Row.Perplexity is { } perplexity ? $", perplexity {Say.Perplexity(perplexity.Value)}" : "";
        yield return new Finding(FindingKind.Neutral, $"Steering away from the direction {verdict}.", [best.RunId])
        {
            Details = [$"The best is {best.Name}: toxicity {Say.Share(best.Row.Toxicity!.Mean)}{cost}.", Say.Difference("Steered − DPO", difference)],
        };
    }
}
