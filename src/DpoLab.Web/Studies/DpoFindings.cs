using DpoLab.Contracts.Results;

namespace DpoLab.Web.Studies;

/// <summary>What DPO did to toxicity and perplexity.</summary>
internal static class DpoFindings
{
    public static IEnumerable<Finding> Of(StudyTableRow reference, StudyTableRow dpo)
    {
        Estimate before = reference.Row!.Toxicity!;
        Estimate after = dpo.Row!.Toxicity!;
        Estimate? difference = dpo.Row.DifferenceToBase;
        string words = difference switch
        {
            { High: < 0 } => $"DPO lowered toxicity from {Say.Share(before.Mean)} to {Say.Share(after.Mean)} ({Say.Difference(difference)})",
            { Low: > 0 } => $"DPO raised toxicity from {Say.Share(before.Mean)} to {Say.Share(after.Mean)} ({Say.Difference(difference)})",
            null => $"Toxicity is {Say.Share(before.Mean)} before DPO and {Say.Share(after.Mean)} after it",
            _ => $"DPO did not change toxicity beyond chance: {Say.Share(before.Mean)} before, {Say.Share(after.Mean)} after ({Say.Difference(difference)})",
        };
        FindingKind kind = difference switch
        {
            { High: < 0 } => FindingKind.Holds,
            null => FindingKind.Neutral,
            _ => FindingKind.DoesNotHold,
        };
        yield return new Finding(kind, words + Cost(reference.Row.Perplexity, dpo.Row.Perplexity) + ".", [dpo.RunId]);
    }

    private static string Cost(PerplexityResult? before, PerplexityResult? after) => before is null || after is null
        ? ""
        : $"; perplexity went from {Say.Perplexity(before.Value)} to {Say.Perplexity(after.Value)} ({Say.Percent(after.Value / before.Value - 1)})";
}
