using DpoLab.Compute.Evaluation;

namespace DpoLab.Compute.Runs;

/// <summary>How far the measuring of many variants is: those that are done and the share of the one at hand.</summary>
internal sealed class VariantProgress(StageReport stage) : IProgress<EvaluationProgress>
{
    /// <summary>Where each part begins and how much of a variant's time it takes, roughly: answers are most of it.</summary>
    private static readonly Dictionary<string, (double Start, double Share)> Parts = new(StringComparer.Ordinal)
    {
        ["answers"] = (0, 0.35),
        ["toxicity"] = (0.35, 0.05),
        ["perplexity"] = (0.40, 0.15),
        ["published perplexity"] = (0.55, 0.15),
        ["continuations"] = (0.70, 0.30),
    };

    private int done;

    /// <summary>A variant is done.</summary>
    public void Next() => stage.Report(++done);

    public void Report(EvaluationProgress value)
    {
        if (value.Total > 0 && Parts.TryGetValue(value.Stage, out var part))
            stage.Report(done + part.Start + (part.Share * Math.Min(1, (double)value.Done / value.Total)));
    }
}
