using DpoLab.Contracts.Runs;
using DpoLab.Web.Charts;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Runs;

/// <summary>The curves of a DPO training, six small charts.</summary>
internal static class TrainingCells
{
    /// <summary>Of the exponential smoothing, a stored point.</summary>
    public const double Smoothing = 0.88;

    public static IReadOnlyList<CurveCell> Of(DpoParameters spec, IReadOnlyList<SeriesSummary> series)
    {
        bool answers = series.Any(s => s.Name == MetricNames.AnswersToxicity);
        return [Loss(spec), Rewards(series), Accuracy(), Divergence(spec), answers ? Toxicity(series) : Margin(), Gradient(spec)];
    }

    private static CurveCell Loss(DpoParameters spec)
    {
        var curves = new List<CurveStyle> { Training(MetricNames.Loss, "training"), Validation(MetricNames.Loss, "validation") };
        if (spec.Gamma > 0)
        {
            curves.Add(new CurveStyle(MetricNames.Train + MetricNames.PreferenceLoss, "DPO part", "base") { Smooth = Smoothing, Dash = "base" });
            curves.Add(new CurveStyle(MetricNames.Train + MetricNames.DivergenceLoss, "KL part", "patched") { Smooth = Smoothing, Dash = "patched" });
        }

        return new CurveCell
        {
            Title = "Loss",
            Meaning = "mean over the pairs of a step, nats; with its DPO part −log σ(βΔ) and its KL part γ(K⁺ + K⁻)",
            Note = spec.Gamma > 0 ? $"dashed: DPO part, dotted: KL part, γ = {Numbers.Setting(spec.Gamma)}" : "γ = 0: no KL part",
            Headline = MetricNames.Train + MetricNames.Loss,
            Format = ChartFormat.Fraction,
            Curves = curves,
            References = spec.Loss is DpoLoss.Sigmoid ? [new ChartReference { Value = Math.Log(2), Label = "ln 2", Stretches = true }] : [],
        };
    }

    private static CurveCell Rewards(IReadOnlyList<SeriesSummary> series) => new()
    {
        Title = "Rewards",
        Meaning = "β(log π − log π_ref) of the chosen and of the rejected answer, mean over the pairs of a step",
        Note = Last(series, MetricNames.Train + MetricNames.Margin) is { } margin ? $"margin {Numbers.Short(margin)}" : null,
        Curves =
        [
            new(MetricNames.Train + MetricNames.ChosenReward, "chosen", "an") { Smooth = Smoothing, EndLabel = "chosen" },
            new(MetricNames.Train + MetricNames.RejectedReward, "rejected", "tp") { Smooth = Smoothing, EndLabel = "rejected" },
        ],
    };

    private static CurveCell Accuracy() => new()
    {
        Title = "Accuracy",
        Meaning = "share of pairs whose chosen reward is the greater",
        Note = "chosen above rejected",
        Headline = MetricNames.Validation + MetricNames.Accuracy,
        Format = ChartFormat.Percent,
        To = 1,
        Curves = [Training(MetricNames.Accuracy, "training"), Validation(MetricNames.Accuracy, "validation")],
    };

    private static CurveCell Divergence(DpoParameters spec) => new()
    {
        Title = "KL to reference",
        Meaning = "KL(π_ref ‖ π) over response positions, chosen plus rejected side, mean over pairs",
        Note = "nats a token, at validations",
        Headline = MetricNames.Validation + MetricNames.Divergence,
        From = 0,
        Curves = spec.Gamma > 0
            ? [Training(MetricNames.Divergence, "training"), Validation(MetricNames.Divergence, "validation")]
            : [Validation(MetricNames.Divergence, "validation")],
        Empty = "No point yet: the first comes with the first validation",
    };

    private static CurveCell Toxicity(IReadOnlyList<SeriesSummary> series) => new()
    {
        Title = "Toxicity",
        Meaning = "mean score of the policy's greedy answers to held-out prompts",
        Note = "answers, at validations",
        Headline = MetricNames.AnswersToxicity,
        Format = ChartFormat.Fraction,
        Curves = [new(MetricNames.AnswersToxicity, "answers", "dpo") { Marked = series.First(s => s.Name == MetricNames.AnswersToxicity).Count <= 40 }],
    };

    private static CurveCell Margin() => new()
    {
        Title = "Margin",
        Meaning = "chosen minus rejected reward, mean over the pairs",
        Note = "chosen minus rejected",
        Headline = MetricNames.Validation + MetricNames.Margin,
        Curves = [Training(MetricNames.Margin, "training"), Validation(MetricNames.Margin, "validation")],
    };

    private static CurveCell Gradient(DpoParameters spec) => new()
    {
        Title = "Gradient norm",
        Meaning = "norm over all trained weights before it is clipped",
        Note = "before clipping",
        Headline = MetricNames.Train + MetricNames.GradientNorm,
        From = 0,
        Curves = [Training(MetricNames.GradientNorm, "training")],
        References = [new ChartReference { Value = spec.Clip, Label = $"clipped at {Numbers.Setting(spec.Clip)}", Below = true }],
    };

    private static CurveStyle Training(string name, string title) => new(MetricNames.Train + name, title, "dpo") { Smooth = Smoothing };

    private static CurveStyle Validation(string name, string title) => new(MetricNames.Validation + name, title, "accent") { Width = 1.5 };

    private static double? Last(IReadOnlyList<SeriesSummary> series, string name) => series.FirstOrDefault(s => s.Name == name)?.LastValue;
}
