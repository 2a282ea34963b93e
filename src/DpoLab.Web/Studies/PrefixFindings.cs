using DpoLab.Contracts.Results;

namespace DpoLab.Web.Studies;

/// <summary>What merely asking in the prompt does: the baseline that steering papers forget.</summary>
internal static class PrefixFindings
{
    public static IEnumerable<Finding> Of(StudyTable table)
    {
        foreach (StudyTableRow row in table.Rows.Where(r => r.Row is { Family: RowFamily.Prefix, DifferenceToBase: not null }))
        {
            Estimate difference = row.Row!.DifferenceToBase!;
            string verdict = difference switch
            {
                { High: < 0 } => "lowers toxicity",
                { Low: > 0 } => "raises toxicity",
                _ => "does not change toxicity beyond chance",
            };
            IEnumerable<string> share = difference.High < 0 && row.Row.ShareOfDpo is { } part ? [$"That is {Say.PartOf(part)} of DPO’s effect."] : [];
            yield return new Finding(FindingKind.Neutral, $"Asking for it in the prompt {verdict}.", [row.RunId])
            {
                Details = [$"{row.Name} is put before every prompt.", Say.Difference("With it − without", difference), .. share],
            };
        }
    }
}
