using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Interventions;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Tries edits on the selection half of the prompts, and measures the best within each budget on the other half.</summary>
internal sealed class SweepRun(SweepParameters parameters) : IRun
{
    private const string Try = "try the edits";
    private const string Confirm = "measure the best";

    public IReadOnlyList<RunStage> Stages => [new(SweepWork.LoadStage), new(Try, 3 * Edits().Count), new(Confirm, 5 * parameters.Forms.Count * parameters.Budgets.Count)];

    public long? ResumesFrom(RunDirectory directory) => CheckpointNote.Read(directory)?.Step;

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        using var work = SweepWork.Load(context, parameters.Model, parameters.Data, parameters.Neurons);
        var rowsOfBaseline = work.Kit.BaselineRows(parameters.Baseline);
        var generationsOfBaseline = work.Kit.BaselineGenerations(parameters.Baseline);
        var (plain, tried) = TryAll(context, work);
        var limits = SweepWork.Limits(parameters.Budgets, plain, rowsOfBaseline);
        var trials = SweepChoice.Mark(tried, plain);
        var choices = SweepChoice.Choose(trials, limits);
        var chosen = ConfirmAll(context, work, choices, generationsOfBaseline);
        work.Write(chosen);
        return new SweepResult
        {
            Trials = trials,
            Chosen = [.. chosen.Select(c => c.Row)],
            Limits = limits,
            NothingWithin = [.. choices.Where(c => c.Trial is null).Select(c => $"{EditWords.Of(c.Form)} {c.Budget}")],
            Source = work.Kit.Source(parameters.Model, PromptHalf.Report),
        };
    }

    private List<EditIntervention> Edits() =>
    [
        .. from form in parameters.Forms
           from alpha in parameters.Alphas
           from beta in parameters.Betas
           select new EditIntervention { Form = form, Alpha = alpha, Beta = beta, Groups = parameters.Groups },
    ];

    private (EvaluationRow Plain, List<SweepTrial> Trials) TryAll(RunContext context, SweepWork work)
    {
        var edits = Edits();
        var progress = new VariantProgress(context.Report.Begin(Try, "trials", edits.Count + 1));
        using var evaluator = work.Evaluator(PromptHalf.Selection, parameters.SelectionPrompts);
        var plain = work.Measure(evaluator, "trials", 0, new EvaluationVariant { Name = EvaluationBaseline.Base }, Measures.Perplexity, progress).Row;
        var trials = new List<SweepTrial>();
        foreach (var edit in edits)
        {
            var variant = new EvaluationVariant { Name = EditWords.Of(edit), Intervention = edit };
            var measured = work.Measure(evaluator, "trials", trials.Count + 1, variant, Measures.Perplexity, progress, tell: context.Report.Row);
            trials.Add(new SweepTrial { Form = edit.Form, Alpha = edit.Alpha, Beta = edit.Beta, Row = measured.Row });
        }

        return (plain, trials);
    }

    private List<EvaluatedVariant> ConfirmAll(
        RunContext context, SweepWork work, IReadOnlyList<ChosenTrial> choices, IReadOnlyList<GenerationRecord> baseline)
    {
        var kept = choices.Where(c => c.Trial is not null).ToList();
        var progress = new VariantProgress(context.Report.Begin(Confirm, "rows", kept.Count));
        using var evaluator = work.Evaluator(PromptHalf.Report, most: null);
        var comparison = new RowComparison(baseline, evaluator.Bootstrap);
        var rows = new List<EvaluatedVariant>();
        foreach (var choice in kept)
        {
            var variant = new EvaluationVariant { Name = $"{choice.Trial!.Row.Variant}, {choice.Budget}", Intervention = choice.Trial.Row.Intervention };
            var same = rows.FirstOrDefault(row => Equals(row.Row.Intervention, variant.Intervention));
            var measured = same is null ? work.Measure(evaluator, "chosen", rows.Count, variant, Measures.All, progress) : Renamed(same, variant.Name);
            measured = measured with { Row = comparison.Compare(measured) with { Budget = choice.Budget } };
            context.Report.Texts(measured.Generations);
            context.Report.Row(measured.Row);
            rows.Add(measured);
        }

        return rows;
    }

    /// <summary>One edit can be the best within two budgets: it is measured once.</summary>
    private static EvaluatedVariant Renamed(EvaluatedVariant measured, string name) => new(
        measured.Row with { Variant = name }, [.. measured.Generations.Select(g => g with { Variant = name })]);
}
