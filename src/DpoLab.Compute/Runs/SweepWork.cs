using DpoLab.Compute.Evaluation;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>What both parts of a sweep measure with.</summary>
internal sealed record SweepWork(RunContext Context, LoadedModel Model, EvaluationKit Kit, VariantCheckpoints Checkpoints)
{
    /// <summary>Measures on a half of the prompts; F1 only where rows are reported.</summary>
    public Evaluator Evaluator(PromptHalf half, int? most) => Kit.Evaluator(Model, half, most, withContinuations: half is PromptHalf.Report);

    /// <summary>Measures a variant, unless an earlier start has done so.</summary>
    /// <param name="evaluator">Of the half.</param>
    /// <param name="part">Which part of the sweep.</param>
    /// <param name="index">Place in that part.</param>
    /// <param name="variant">What to measure.</param>
    /// <param name="measures">What of it.</param>
    /// <param name="progress">Told about it.</param>
    /// <param name="tell">Shows the row before it counts as done.</param>
    public EvaluatedVariant Measure(
        Evaluator evaluator,
        string part,
        int index,
        EvaluationVariant variant,
        Measures measures,
        VariantProgress progress,
        Action<EvaluationRow>? tell = null)
    {
        var measured = Checkpoints.Find(part, index, variant.Name);
        if (measured is null)
        {
            using var scope = torch.NewDisposeScope();
            measured = evaluator.Evaluate(Model.Decoder, Kit.Plan(variant, Model.Decoder), measures, progress, Context.Cancellation);
            tell?.Invoke(measured.Row);
            Checkpoints.Keep(part, index, measured);
        }

        progress.Next();
        return measured;
    }
}
