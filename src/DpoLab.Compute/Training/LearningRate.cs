using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Training;

/// <summary>The learning rate over the steps of a training.</summary>
internal static class LearningRate
{
    /// <summary>
    /// The rate of <paramref name="step"/>, counted from 0: lr·(step + 1)/W during the W warm-up steps; then constant, or with
    /// p = (step − W)/(steps − W): lr·(1 − p) (linear) or lr·½(1 + cos πp) (cosine).
    /// </summary>
    public static double At(DpoOptions options, long step)
    {
        double rate = options.Optimizer.LearningRate;
        int warmup = options.WarmupSteps;
        if (step < warmup)
            return rate * (step + 1) / warmup;

        double progress = (double)(step - warmup) / Math.Max(1, options.Steps - warmup);
        return options.Schedule switch
        {
            LearningRateSchedule.Constant => rate,
            LearningRateSchedule.Linear => rate * (1 - progress),
            LearningRateSchedule.Cosine => rate * 0.5 * (1 + Math.Cos(Math.PI * progress)),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Schedule, "Unknown schedule."),
        };
    }
}
