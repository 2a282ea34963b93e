using DpoLab.Compute.Evaluation;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Measures a model's variants, each shown as soon as it is done and none measured twice.</summary>
internal sealed class EvaluateRun(EvaluateParameters parameters) : IRun
{
    private const string Load = "load the model";
    private const string Measure = "measure the variants";
    private const string Part = "rows";

    public IReadOnlyList<RunStage> Stages => [new(Load), new(Measure, 5 * parameters.Variants.Count)];

    public long? ResumesFrom(RunDirectory directory) => CheckpointNote.Read(directory)?.Step;

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        var loading = context.Report.Begin(Load, "models", 1);
        using var shelf = new ModelShelf(context);
        using var kit = new EvaluationKit(context, parameters.Data, parameters.Neurons);
        using var evaluator = kit.Evaluator(shelf.Get(parameters.Model), parameters.Half);
        var baseline = kit.BaselineGenerations(parameters.Baseline);
        loading.Report(1);

        var measured = MeasureAll(context, shelf, kit, evaluator, baseline);
        var generations = measured.SelectMany(m => m.Generations).ToList();
        var comparison = new RowComparison(parameters.Baseline is null ? generations : baseline, evaluator.Bootstrap);
        EvaluationRow[] rows = [.. measured.Select(comparison.Compare)];

        // again, since the first rows were told before what they are compared with was known
        foreach (var row in rows)
            context.Report.Row(row);
        context.Artifacts.File(Artifacts.Generations, path => EvaluationKit.WriteLines(path, generations));
        context.Artifacts.File(Artifacts.Rows, path => EvaluationKit.WriteLines(path, rows));
        if (parameters.Data.Sampled is not null)
            context.Artifacts.File(Artifacts.Samples, path => EvaluationKit.WriteLines(path, measured.SelectMany(m => m.Samples)));
        return new EvaluateResult
        {
            Rows = rows,
            Source = kit.Source(parameters.Model, parameters.Half),
            Panel = kit.Panel(measured, evaluator.Bootstrap),
        };
    }

    private List<EvaluatedVariant> MeasureAll(
        RunContext context, ModelShelf shelf, EvaluationKit kit, Evaluator evaluator, IReadOnlyList<GenerationRecord> baseline)
    {
        var progress = new VariantProgress(context.Report.Begin(Measure, "variants", parameters.Variants.Count), parameters.Data.Sampled?.Samples ?? 0);
        var checkpoints = new VariantCheckpoints(context.Directory, "row");
        var measured = new List<EvaluatedVariant>();
        for (int i = 0; i < parameters.Variants.Count; i++)
        {
            var variant = parameters.Variants[i];
            var known = checkpoints.Find(Part, i, variant.Name);
            if (known is null)
            {
                using var scope = torch.NewDisposeScope();
                var decoder = shelf.Get(variant.Model ?? parameters.Model).Decoder;
                known = evaluator.Evaluate(decoder, kit.Plan(variant, decoder), Measures.All, progress, context.Cancellation);
                measured.Add(known);
                var comparison = new RowComparison(parameters.Baseline is null ? measured.SelectMany(m => m.Generations) : baseline, evaluator.Bootstrap);
                context.Report.Texts(known.Generations);
                context.Report.Row(comparison.Compare(known));
                checkpoints.Keep(Part, i, known);
            }
            else
            {
                measured.Add(known);
            }

            progress.Next();
        }

        return measured;
    }
}
