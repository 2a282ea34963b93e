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
        string[] parts = [.. rows.Select(r => $"{FormOf(r)} {Say.PartOf(r.Row!.ShareOfDpo!)}{Cost(r)}")];
        Estimate best = rows.Select(r => r.Row!.ShareOfDpo!).MaxBy(e => e.Mean)!;
        (FindingKind kind, string verdict) = best switch
        {
            { Low: >= AlmostAll } => (FindingKind.Holds, "they reproduce it"),
            { High: < AlmostAll } => (FindingKind.DoesNotHold, "they do not reproduce all of it"),
            _ => (FindingKind.Undecided, "whether they reproduce all of it, these prompts do not decide"),
        };
        return new Finding(kind, $"Patching all four groups gives this share of DPO’s effect: {string.Join("; ", parts)}. By that, {verdict}.", [.. rows.Select(r => r.RunId).Distinct(StringComparer.Ordinal)]);
    }

    private static Finding EachGroup(StudyTableRow[] rows)
    {
        StudyTableRow[] ranked = [.. rows.OrderByDescending(r => r.Row!.ShareOfDpo!.Mean)];
        string list = string.Join(", ", ranked.Select(r => $"{GroupsOf(r)[0].ToString().ToUpperInvariant()} {Say.PartOf(r.Row!.ShareOfDpo!)}"));
        StudyTableRow[] none = [.. ranked.Where(r => r.Row!.ShareOfDpo!.Low <= 0)];
        string nothing = none.Length switch
        {
            0 => "Each of them alone lowers toxicity",
            _ when none.Length == ranked.Length => "None of them alone lowers toxicity beyond chance",
            _ => $"Not beyond chance: {string.Join(", ", none.Select(r => GroupsOf(r)[0].ToString().ToUpperInvariant()))}",
        };
        return new Finding(FindingKind.Neutral, $"Each group alone: {list} of DPO’s effect. {nothing}.", [.. rows.Select(r => r.RunId).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>The paper: toxic neurons explain 2.5 % to 24 %, so most of the effect lies elsewhere.</summary>
    private static Finding TopToxic(StudyTableRow row)
    {
        Estimate share = row.Row!.ShareOfDpo!;
        int count = row.Row.Neurons ?? 0;
        (FindingKind kind, string verdict) = share switch
        {
            { High: < 0.5 } => (FindingKind.Holds, "so they are not what DPO mainly works by"),
            { Low: > 0.5 } => (FindingKind.DoesNotHold, "so here they carry most of what DPO does"),
            _ => (FindingKind.Undecided, "which leaves open whether they carry most of it"),
        };
        return new Finding(kind, $"The {Say.Count(count)} most toxic-aligned neurons alone, patched the same way, give {Say.PartOf(share)} of DPO’s effect, {verdict}.", [row.RunId]);
    }

    private static string Cost(StudyTableRow row) => row.Row?.Perplexity is { } perplexity ? $" at perplexity {Say.Perplexity(perplexity.Value)}" : "";

    private static string FormOf(StudyTableRow row) => row.Row!.Intervention is PatchIntervention { Form: InterventionForm.Constant } ? "as constants" : "as a shift of the mean";

    private static NeuronSelection? Selection(StudyTableRow row) => (row.Row?.Intervention as PatchIntervention)?.Neurons;

    private static IReadOnlyList<NeuronGroup> GroupsOf(StudyTableRow row) => Selection(row) is GroupSelection { Top: null } groups ? groups.Groups : [];
}
