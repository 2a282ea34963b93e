using System.Globalization;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Evaluation;

/// <summary>What a sweep came to.</summary>
/// <param name="Trials">Every edit on the selection half, marked.</param>
/// <param name="TrialGenerations">Their answers.</param>
/// <param name="Chosen">The best of each form within each budget, measured on the report half and compared with base and DPO.</param>
/// <param name="ChosenGenerations">Their answers.</param>
/// <param name="Limits">What each budget came to.</param>
/// <param name="NothingWithin">Form and budget that no eligible trial kept to.</param>
public sealed record SweepOutcome(
    IReadOnlyList<SweepTrial> Trials,
    IReadOnlyList<GenerationRecord> TrialGenerations,
    IReadOnlyList<EvaluationRow> Chosen,
    IReadOnlyList<GenerationRecord> ChosenGenerations,
    IReadOnlyList<BudgetLimit> Limits,
    IReadOnlyList<string> NothingWithin);

/// <summary>How far a sweep is.</summary>
/// <param name="Done">Variants measured.</param>
/// <param name="Total">Base model, trials and (at most) the chosen ones.</param>
/// <param name="Row">The variant that was measured last.</param>
/// <param name="OnReportHalf">Whether that was one of the chosen.</param>
public sealed record SweepProgress(int Done, int Total, EvaluationRow Row, bool OnReportHalf);

/// <summary>
/// Tries tuning-free edits on the selection half, and measures the best of each form within each budget on the report half (science.md, section 6).
/// </summary>
public sealed class EditSweep
{
    private readonly Decoder decoder;
    private readonly Evaluator selection;
    private readonly Evaluator report;
    private readonly InterventionPlanner planner;
    private readonly SweepParameters parameters;

    /// <summary>A sweep over one model.</summary>
    /// <param name="decoder">The base model.</param>
    /// <param name="selection">Measures on the half that settings may be chosen on.</param>
    /// <param name="report">Measures on the other half.</param>
    /// <param name="planner">Reads the base model's statistics.</param>
    /// <param name="parameters">Forms, values, budgets.</param>
    public EditSweep(Decoder decoder, Evaluator selection, Evaluator report, InterventionPlanner planner, SweepParameters parameters)
    {
        this.decoder = decoder;
        this.selection = selection;
        this.report = report;
        this.planner = planner;
        this.parameters = parameters;
    }

    /// <summary>Every edit to try: forms × α × β.</summary>
    public static IReadOnlyList<EditIntervention> Edits(SweepParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return
        [
            .. from form in parameters.Forms
               from alpha in parameters.Alphas
               from beta in parameters.Betas
               select new EditIntervention { Form = form, Alpha = alpha, Beta = beta, Groups = parameters.Groups },
        ];
    }

    /// <summary>Runs the sweep.</summary>
    /// <param name="perplexityOfVariant">A baseline variant's perplexity by name, for budgets; null: it was not measured.</param>
    /// <param name="comparison">Compares the chosen with base and DPO; null: without.</param>
    /// <param name="progress">Told after each variant.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <exception cref="InputException">A budget has no number, or nothing can be measured.</exception>
    public SweepOutcome Run(
        Func<string, double?> perplexityOfVariant,
        RowComparison? comparison = null,
        IProgress<SweepProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var edits = Edits(parameters);
        int total = 1 + edits.Count + (parameters.Forms.Count * parameters.Budgets.Count);
        int done = 0;
        EvaluatedVariant Measure(Evaluator evaluator, string name, EditIntervention? edit, Measures measures)
        {
            var spec = new EvaluationVariant { Name = name, Intervention = edit };
            var variant = evaluator.Evaluate(
                decoder, new PlannedVariant(spec, edit is null ? null : planner.Plan(edit)), measures, cancellationToken: cancellationToken);
            progress?.Report(new SweepProgress(++done, total, variant.Row, evaluator == report));
            return variant;
        }

        var plain = Measure(selection, EvaluationBaseline.Base, null, Measures.Perplexity);
        if (plain.Row.Perplexity is not { } perplexity)
            throw new InputException("A sweep chooses within perplexity budgets, and no text was given. Choose a text for perplexity.");
        var limits = SweepChoice.Limits(parameters.Budgets, perplexity.Value, perplexityOfVariant);

        var tried = new List<(SweepTrial Trial, IReadOnlyList<GenerationRecord> Generations)>();
        foreach (var edit in edits)
        {
            var variant = Measure(selection, Name(edit), edit, Measures.Perplexity | Measures.F1);
            tried.Add((new SweepTrial { Form = edit.Form, Alpha = edit.Alpha, Beta = edit.Beta, Row = variant.Row }, variant.Generations));
        }

        var trials = SweepChoice.Mark([.. tried.Select(t => t.Trial)], plain.Row);
        var chosen = SweepChoice.Choose(trials, limits);
        var (rows, generations) = Report(chosen, edit => Measure(report, Name(edit), edit, Measures.All), comparison);
        return new SweepOutcome(
            trials,
            [.. tried.SelectMany(t => t.Generations)],
            rows,
            generations,
            limits,
            [.. chosen.Where(c => c.Trial is null).Select(c => $"{FormName(c.Form)}, {c.Budget}")]);
    }

    /// <summary>A trial's name, as <c>live α 0.2 β 0.3</c>.</summary>
    public static string Name(EditIntervention edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        return string.Create(CultureInfo.InvariantCulture, $"{FormName(edit.Form)} α {edit.Alpha} β {edit.Beta}");
    }

    /// <summary>One row for each form and budget; an edit that is best within several is measured once.</summary>
    private static (List<EvaluationRow> Rows, List<GenerationRecord> Generations) Report(
        IReadOnlyList<ChosenTrial> chosen, Func<EditIntervention, EvaluatedVariant> measure, RowComparison? comparison)
    {
        var measured = new Dictionary<string, EvaluatedVariant>(StringComparer.Ordinal);
        var rows = new List<EvaluationRow>();
        var generations = new List<GenerationRecord>();
        foreach (var choice in chosen)
        {
            if (choice.Trial?.Row.Intervention is not EditIntervention edit)
                continue;
            string key = Name(edit);
            if (!measured.TryGetValue(key, out var variant))
                measured[key] = variant = measure(edit);
            var row = comparison?.Compare(variant) ?? variant.Row;
            string name = $"best {FormName(choice.Form)} edit {choice.Budget} ({key})";
            rows.Add(row with { Variant = name, Budget = choice.Budget });
            generations.AddRange(variant.Generations.Select(g => g with { Variant = name }));
        }

        return (rows, generations);
    }

    private static string FormName(InterventionForm form) => form.ToString().ToLowerInvariant();
}
