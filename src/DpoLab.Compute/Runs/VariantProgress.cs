using DpoLab.Compute.Evaluation;

namespace DpoLab.Compute.Runs;

/// <summary>How far the measuring of many variants is: those that are done and the share of the one at hand.</summary>
/// <param name="stage">The stage that they are measured in.</param>
/// <param name="samples">Sampled continuations of each prompt beside the greedy one.</param>
internal sealed class VariantProgress(StageReport stage, int samples = 0) : IProgress<EvaluationProgress>
{
    private const string Samples = "samples";

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
        if (value.Total == 0)
            return;

        // sampling repeats what answers cost; it is done between toxicity and perplexity
        double sampling = samples * Parts["answers"].Share / (1 + (samples * Parts["answers"].Share));
        double share = Math.Min(1, (double)value.Done / value.Total);
        if (value.Stage == Samples)
            stage.Report(done + (Parts["perplexity"].Start * (1 - sampling)) + (sampling * share));
        else if (Parts.TryGetValue(value.Stage, out var part))
            stage.Report(done + ((part.Start + (part.Share * share)) * (1 - sampling)) + (part.Start < Parts["perplexity"].Start ? 0 : sampling));
    }
}
