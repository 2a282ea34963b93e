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
        string levels = $"{Say.Share(before.Mean)} to {Say.Share(after.Mean)}";
        (FindingKind kind, string sentence) = difference switch
        {
            { High: < 0 } => (FindingKind.Holds, $"DPO lowers toxicity from {levels}."),
            { Low: > 0 } => (FindingKind.DoesNotHold, $"DPO raises toxicity from {levels}."),
            null => (FindingKind.Neutral, $"Toxicity goes from {levels} with DPO."),
            _ => (FindingKind.DoesNotHold, $"DPO does not change toxicity beyond chance: {levels}."),
        };
        yield return new Finding(kind, sentence, [dpo.RunId])
        {
            Details = [.. Numbers(difference, reference.Row.Perplexity, dpo.Row.Perplexity)],
            Paper = kind switch
            {
                FindingKind.Holds => "The paper: DPO makes the model less toxic. So it does here, and the rest of this page asks how.",
                FindingKind.DoesNotHold => "The paper: DPO makes the model less toxic. Here it did not, so there is no effect to explain: train longer or on other pairs.",
                _ => null,
            },
        };
    }

    private static IEnumerable<string> Numbers(Estimate? difference, PerplexityResult? before, PerplexityResult? after)
    {
        if (difference is not null)
            yield return Say.Difference("DPO − base", difference);
        if (before is not null && after is not null)
            yield return $"Perplexity goes from {Say.Perplexity(before.Value)} to {Say.Perplexity(after.Value)} ({Say.Percent(after.Value / before.Value - 1)}).";
    }
}
