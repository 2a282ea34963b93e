using DpoLab.Compute.Evaluation;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Measures variants one after the other into the rows of a table: each is shown as soon as it is done, and none is measured twice.</summary>
/// <param name="context">The run.</param>
/// <param name="shelf">Its models.</param>
/// <param name="kit">What it reads besides.</param>
/// <param name="evaluator">Measures.</param>
/// <param name="model">The model of variants that name none.</param>
/// <param name="data">What is measured on.</param>
internal sealed class VariantTable(
    RunContext context, ModelShelf shelf, EvaluationKit kit, Evaluator evaluator, InputRef model, EvaluationData data)
{
    private const string Part = "rows";

    /// <summary>Generations that rows are compared with; null: those of the variants themselves.</summary>
    public IReadOnlyList<GenerationRecord>? Baseline { get; init; }

    /// <summary>Measures all, and writes generations and rows.</summary>
    /// <param name="stage">The run's stage that this is.</param>
    /// <param name="variants">In their order.</param>
    /// <returns>The rows, compared, and what they come from.</returns>
    public (IReadOnlyList<EvaluationRow> Rows, IReadOnlyList<EvaluatedVariant> Measured) Measure(string stage, IReadOnlyList<EvaluationVariant> variants)
    {
        var measured = MeasureEach(stage, variants);
        var generations = measured.SelectMany(m => m.Generations).ToList();
        EvaluationRow[] rows = [.. measured.Select(Comparison(measured).Compare)];

        // again, since the first rows were told before what they are compared with was known
        foreach (var row in rows)
            context.Report.Row(row);
        context.Artifacts.File(Artifacts.Generations, path => EvaluationKit.WriteLines(path, generations));
        context.Artifacts.File(Artifacts.Rows, path => EvaluationKit.WriteLines(path, rows));
        if (data.Sampled is not null)
            context.Artifacts.File(Artifacts.Samples, path => EvaluationKit.WriteLines(path, measured.SelectMany(m => m.Samples)));
        return (rows, measured);
    }

    private List<EvaluatedVariant> MeasureEach(string stage, IReadOnlyList<EvaluationVariant> variants)
    {
        var progress = new VariantProgress(context.Report.Begin(stage, "variants", variants.Count), data.Sampled?.Samples ?? 0);
        var checkpoints = new VariantCheckpoints(context.Directory, "row");
        var measured = new List<EvaluatedVariant>();
        for (int i = 0; i < variants.Count; i++)
        {
            var variant = variants[i];
            var known = checkpoints.Find(Part, i, variant.Name);
            if (known is null)
            {
                known = MeasureOne(variant, progress);
                measured.Add(known);
                context.Report.Texts(known.Generations);
                context.Report.Row(Comparison(measured).Compare(known));
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

    private EvaluatedVariant MeasureOne(EvaluationVariant variant, VariantProgress progress)
    {
        using var scope = torch.NewDisposeScope();
        var of = variant.Model ?? model;
        var decoder = shelf.Get(of).Decoder;
        var plan = kit.Plan(variant, decoder, other => shelf.Get(other, beside: of).Decoder);
        return evaluator.Evaluate(decoder, plan, Measures.All, progress, context.Cancellation);
    }

    private RowComparison Comparison(IEnumerable<EvaluatedVariant> measured) =>
        new(Baseline ?? measured.SelectMany(m => m.Generations), evaluator.Bootstrap);
}
