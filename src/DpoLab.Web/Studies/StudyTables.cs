using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Playground;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Studies;

/// <summary>Puts the rows of a study's evaluations and sweeps into the paper's table; rows that are still to come stand in their places.</summary>
internal static class StudyTables
{
    private static readonly (RowFamily[] Families, string Title)[] Order =
    [
        ([RowFamily.Base, RowFamily.Dpo], "Reference"),
        ([RowFamily.Patch], "Patch with DPO’s mean activations"),
        ([RowFamily.DynamicPatch], "Patch with DPO’s own activation at each position"),
        ([RowFamily.Ablate], "Ablate the most toxic-aligned neurons"),
        ([RowFamily.Steer], "Steer away from the direction"),
        ([RowFamily.Edit], "Edit: no tuned model needed"),
        ([RowFamily.Prefix], "Ask for it in the prompt"),
        ([RowFamily.Other], "Other"),
    ];

    public static StudyTable Build(IReadOnlyList<StudyPart> parts)
    {
        StudyPart[] measured = [.. parts.Where(p => p.Run.Spec.Parameters is EvaluateParameters or SweepParameters or DynamicPatchParameters or SearchParameters)];
        string? model = measured.Select(p => p.Run.Summary.Model).FirstOrDefault(m => m is not null);
        StudyTableRow[] rows = [.. measured.SelectMany(part => RowsOf(part).Select(r => r with { Paper = PaperFigures.Find(model, r), Playground = PlaygroundOf(parts, part, r) }))];
        return new StudyTable
        {
            Groups = [.. Order.Select(o => new StudyTableGroup(o.Title, [.. rows.Where(r => o.Families.Contains(r.Family))])).Where(g => g.Rows.Count > 0)],
            Source = measured.Select(p => SourceOf(p.Run.Result)).FirstOrDefault(s => s is not null),
            Runs = [.. measured.Select(p => p.Run.Summary.Id)],
            Paper = rows.Select(r => r.Paper?.Source).FirstOrDefault(s => s is not null),
        };
    }

    public static string DisplayName(string variant) => variant switch
    {
        EvaluationBaseline.Base => "Base model",
        EvaluationBaseline.Dpo => "DPO",
        _ => variant,
    };

    /// <summary>Of the pair whose statistics the row's run reads, or of the study's.</summary>
    private static string? PlaygroundOf(IReadOnlyList<StudyPart> parts, StudyPart part, StudyTableRow row)
    {
        RunParameters by = part.Run.Spec.Parameters;
        string? statistics = PlaygroundLinks.StatisticsOf(by);
        RunView? pair = parts.Select(p => p.Run).FirstOrDefault(run => run.Result is NeuronsResult && (statistics is null || run.Summary.Id == statistics));
        return pair is { Spec.Parameters: NeuronsParameters made } && row.Row is { } measured ? PlaygroundLinks.OfRow(pair.Summary.Id, made, by, measured) : null;
    }

    private static EvaluationSource? SourceOf(RunResult? result) => result switch
    {
        EvaluateResult evaluate => evaluate.Source,
        SweepResult sweep => sweep.Source,
        DynamicPatchResult patch => patch.Source,
        SearchResult search => search.Source,
        _ => null,
    };

    private static IEnumerable<StudyTableRow> RowsOf(StudyPart part) => part.Run.Spec.Parameters switch
    {
        EvaluateParameters evaluate => evaluate.Variants.Select(v => RowOf(part.Run, v, evaluate.Model)),

        // base and tuned have their rows from the evaluation that others are compared with
        DynamicPatchParameters patch => patch.Variants().Where(v => v.Intervention is not null).Select(v => RowOf(part.Run, v, patch.Model)),
        SweepParameters sweep => SweepRows(part.Run, sweep),
        SearchParameters search => SearchRows(part.Run, search),
        _ => [],
    };

    private static StudyTableRow RowOf(RunView run, EvaluationVariant variant, InputRef model)
    {
        EvaluationRow? row = run.Rows.FirstOrDefault(r => r.Variant == variant.Name);
        return Row(run, variant.Name, row?.Family ?? FamilyOf(variant, model), row);
    }

    /// <summary>A sweep's trials are on the selection half; only the chosen edits, on the report half, belong in the table.</summary>
    private static IEnumerable<StudyTableRow> SweepRows(RunView run, SweepParameters sweep)
    {
        EvaluationRow[] chosen = [.. run.Rows.Where(r => r.Budget is not null)];
        foreach (EvaluationRow row in chosen)
            yield return Row(run, row.Variant, RowFamily.Edit, row);
        if (run.Result is SweepResult result)
        {
            foreach (string nothing in result.NothingWithin)
                yield return Row(run, nothing, RowFamily.Edit, null) with { Missing = "No edit of this form that was tried stays within the budget on the selection half." };
            yield break;
        }

        foreach (PerplexityBudget budget in sweep.Budgets.Where(b => chosen.All(c => c.Budget != b.Name)))
            yield return Row(run, $"Best edit {budget.Name}", RowFamily.Edit, null);
    }

    /// <summary>A search's trials are on the selection half; only its best edit, on the report half, belongs in the table.</summary>
    private static IEnumerable<StudyTableRow> SearchRows(RunView run, SearchParameters search)
    {
        if (run.Rows.FirstOrDefault(r => r.Budget is not null) is { } best)
            return [Row(run, best.Variant, RowFamily.Edit, best)];
        StudyTableRow still = Row(run, $"Best edit {search.Budgets[0].Name}, searched", RowFamily.Edit, null);
        return [run.Result is SearchResult ? still with { Missing = "No edit that was tried stays within the budget on the selection half." } : still];
    }

    private static StudyTableRow Row(RunView run, string variant, RowFamily family, EvaluationRow? row) => new()
    {
        Name = DisplayName(variant),
        Variant = variant,
        Family = family,
        RunId = run.Summary.Id,
        RunState = run.Status.State,
        Row = row,
        Missing = row is null ? WhyMissing(run) : null,
    };

    private static string WhyMissing(RunView run) => run.Status.State switch
    {
        RunState.Waiting when run.Status.Blocked => $"Blocked: {Names(run.Status.WaitsFor)} did not succeed. Retry that run, and this one goes on.",
        RunState.Waiting => $"Waits for {Names(run.Status.WaitsFor)}.",
        RunState.Queued => "In the queue of its compute service.",
        RunState.Running => "Being computed.",
        RunState.Failed => run.Status.Reason ?? "The run failed.",
        RunState.Cancelled => "The run was cancelled.",
        _ => "The run ended without this row.",
    };

    private static string Names(IReadOnlyList<RunLink> runs) => runs.Count == 0 ? "its inputs" : string.Join(", ", runs.Select(r => r.Name));

    private static RowFamily FamilyOf(EvaluationVariant variant, InputRef model) => variant switch
    {
        { PromptPrefix: not null } => RowFamily.Prefix,
        { Intervention: PatchIntervention } => RowFamily.Patch,
        { Intervention: DynamicPatchIntervention } => RowFamily.DynamicPatch,
        { Intervention: EditIntervention } => RowFamily.Edit,
        { Intervention: ScaleIntervention or ScaleKeyIntervention } => RowFamily.Ablate,
        { Intervention: SteerIntervention } => RowFamily.Steer,
        { Name: EvaluationBaseline.Dpo } => RowFamily.Dpo,
        { Model: null } or { Name: EvaluationBaseline.Base } => RowFamily.Base,
        _ => variant.Model == model ? RowFamily.Base : RowFamily.Other,
    };
}
