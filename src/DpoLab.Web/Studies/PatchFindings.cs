using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Studies;

/// <summary>Which share of DPO's effect patching reproduces: all four groups, each alone, and the most toxic-aligned neurons alone.</summary>
internal static class PatchFindings
{
    private const double AlmostAll = 0.8;

    public static IEnumerable<Finding> Of(StudyTable table)
    {
        StudyTableRow[] patched = [.. table.Rows.Where(r => r.Row is { Family: RowFamily.Patch, ShareOfDpo: not null, Intervention: PatchIntervention })];
        StudyTableRow[] four = [.. patched.Where(r => GroupsOf(r).Count == 4)];
        if (four.Length > 0)
            yield return FourGroups(four);
        StudyTableRow[] single = [.. patched.Where(r => GroupsOf(r).Count == 1)];
        if (single.Length > 1)
            yield return EachGroup(single);
        foreach (StudyTableRow top in patched.Where(r => Selection(r) is TopToxicSelection))
            yield return TopToxic(top);
    }

    /// <summary>The paper: the four groups together reproduce DPO's effect.</summary>
    private static Finding FourGroups(StudyTableRow[] rows)
    {
        Estimate best = rows.Select(r => r.Row!.ShareOfDpo!).MaxBy(e => e.Mean)!;
        (FindingKind kind, string sentence, string meaning) = best switch
        {
            { Low: >= AlmostAll } => (FindingKind.Holds, "All four groups patched reproduce DPO’s effect.", "So they do here."),
            { High: < AlmostAll } => (FindingKind.DoesNotHold, "All four groups patched do not reproduce all of DPO’s effect.", "Here a part is missing."),
            _ => (FindingKind.Undecided, "Whether all four groups patched reproduce DPO’s effect is open.", "These prompts do not decide it."),
        };
        return new Finding(kind, sentence, [.. rows.Select(r => r.RunId).Distinct(StringComparer.Ordinal)])
        {
            Details = [.. rows.Select(r => $"Patched {FormOf(r)}: {Say.PartOf(r.Row!.ShareOfDpo!)} of the effect{Cost(r)}, {Say.Prompts(r.Row!.ShareOfDpo!.Count)}.")],
            Paper = $"The paper: the four groups together reproduce it. {meaning}",
        };
    }

    private static Finding EachGroup(StudyTableRow[] rows)
    {
        StudyTableRow[] ranked = [.. rows.OrderByDescending(r => r.Row!.ShareOfDpo!.Mean)];
        StudyTableRow[] lower = [.. ranked.Where(r => r.Row!.ShareOfDpo!.Low > 0)];
        string sentence = lower.Length == ranked.Length ? "Each group alone lowers toxicity."
            : lower.Length == 0 ? "No group alone lowers toxicity beyond chance."
            : $"Alone, only {string.Join(", ", lower.Select(Name))} {(lower.Length == 1 ? "lowers" : "lower")} toxicity beyond chance.";
        return new Finding(FindingKind.Neutral, sentence, [.. rows.Select(r => r.RunId).Distinct(StringComparer.Ordinal)])
        {
            Details = [$"Of DPO’s effect: {string.Join(", ", ranked.Select(r => $"{Name(r)} {Say.PartOf(r.Row!.ShareOfDpo!)}"))}; {Say.Prompts(ranked[0].Row!.ShareOfDpo!.Count)}."],
        };

        static string Name(StudyTableRow row) => GroupsOf(row)[0].ToString().ToUpperInvariant();
    }

    /// <summary>The paper: toxic neurons explain 2.5 % to 24 %, so most of the effect lies elsewhere.</summary>
    private static Finding TopToxic(StudyTableRow row)
    {
        Estimate share = row.Row!.ShareOfDpo!;
        (FindingKind kind, string meaning) = share switch
        {
            { High: < 0.5 } => (FindingKind.Holds, "So it is here."),
            { Low: > 0.5 } => (FindingKind.DoesNotHold, "Here they carry most of it."),
            _ => (FindingKind.Undecided, "Whether they carry most of it here is open."),
        };
        return new Finding(kind, $"The {Say.Count(row.Row.Neurons ?? 0)} most toxic-aligned neurons, patched, give {Say.Part(share.Mean)} of DPO’s effect.", [row.RunId])
        {
            Details = [$"Share: {Say.PartOf(share)}, {Say.Prompts(share.Count)}{Cost(row)}."],
            Paper = $"The paper: toxic neurons are not what DPO mainly works by. {meaning}",
        };
    }

    private static string Cost(StudyTableRow row) => row.Row?.Perplexity is { } perplexity ? $" at perplexity {Say.Perplexity(perplexity.Value)}" : "";

    private static string FormOf(StudyTableRow row) => row.Row!.Intervention is PatchIntervention { Form: InterventionForm.Constant } ? "as constants" : "as a shift of the mean";

    private static NeuronSelection? Selection(StudyTableRow row) => (row.Row?.Intervention as PatchIntervention)?.Neurons;

    private static IReadOnlyList<NeuronGroup> GroupsOf(StudyTableRow row) => Selection(row) is GroupSelection { Top: null } groups ? groups.Groups : [];
}
