using System.Globalization;
using System.Text.RegularExpressions;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Verification;

/// <summary>Optimizer and schedule as the cases of <c>dpo/</c> write them, in words.</summary>
internal static partial class DpoCaseWords
{
    /// <summary>As <c>RMSprop alpha .99 eps 1e-8</c> or <c>AdamW betas .9 .999 eps 1e-8 weight decay .01 on all parameters</c>.</summary>
    /// <exception cref="InputException">Another optimizer is named.</exception>
    public static OptimizerOptions Optimizer(string words, double learningRate)
    {
        DpoOptimizer kind = words.StartsWith("AdamW", StringComparison.OrdinalIgnoreCase) ? DpoOptimizer.AdamW
            : words.StartsWith("RMSprop", StringComparison.OrdinalIgnoreCase) ? DpoOptimizer.RmsProp
            : throw new InputException($"the optimizer '{words}' is unknown; this lab has RMSprop and AdamW.");
        var otherwise = new OptimizerOptions();
        return new OptimizerOptions
        {
            Kind = kind,
            LearningRate = learningRate,
            Alpha = Number(AlphaIn(), words) ?? otherwise.Alpha,
            MeanDecay = Number(BetasIn(), words) ?? otherwise.MeanDecay,
            SquareDecay = Number(BetasIn(), words, group: "m") ?? otherwise.SquareDecay,
            Epsilon = Number(EpsilonIn(), words) ?? otherwise.Epsilon,
            WeightDecay = Number(DecayIn(), words) ?? 0,
        };
    }

    /// <summary>
    /// The schedule and its warm-up steps: <c>lr*min(1,(step+1)/6)</c>, or a linear warm-up <c>over 4 steps</c>, then constant, cosine or linear; null: constant.
    /// </summary>
    /// <exception cref="InputException">It is described in other words.</exception>
    public static (LearningRateSchedule Schedule, int Warmup) Schedule(string? words)
    {
        if (words is null)
            return (LearningRateSchedule.Constant, 0);
        if (RiseIn().Match(words) is { Success: true } rise)
            return (LearningRateSchedule.Constant, int.Parse(rise.Groups["n"].ValueSpan, CultureInfo.InvariantCulture));
        int? warmup = WarmupIn().Match(words) is { Success: true } over ? int.Parse(over.Groups["n"].ValueSpan, CultureInfo.InvariantCulture) : null;
        LearningRateSchedule? schedule = words.Contains("cos(", StringComparison.Ordinal) ? LearningRateSchedule.Cosine
            : words.Contains("lr*(1-", StringComparison.Ordinal) ? LearningRateSchedule.Linear
            : words.Contains("constant", StringComparison.Ordinal) ? LearningRateSchedule.Constant
            : null;
        return schedule is { } known && (warmup is not null || !words.Contains("warm", StringComparison.Ordinal))
            ? (known, warmup ?? 0)
            : throw new InputException($"the schedule '{words}' is not understood. Write it as 'linear warm-up over 4 steps, then lr*.5*(1+cos(pi*(step-4)/12))'.");
    }

    private static double? Number(Regex pattern, string words, string group = "n") =>
        pattern.Match(words) is { Success: true } found ? double.Parse(found.Groups[group].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"alpha\s+(?<n>[\d.e-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AlphaIn();

    [GeneratedRegex(@"betas\s+(?<n>[\d.e-]+)\s+(?<m>[\d.e-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BetasIn();

    [GeneratedRegex(@"eps\s+(?<n>[\d.e-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EpsilonIn();

    [GeneratedRegex(@"decay\s+(?<n>[\d.e-]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DecayIn();

    [GeneratedRegex(@"^lr\*min\(1,\(step\+1\)/(?<n>\d+)\)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RiseIn();

    [GeneratedRegex(@"warm-?up over (?<n>\d+) steps", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WarmupIn();
}
