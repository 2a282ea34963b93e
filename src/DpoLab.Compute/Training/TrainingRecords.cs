namespace DpoLab.Compute.Training;

/// <summary>What policy and reference make of a number of pairs: means over the pairs.</summary>
public sealed record PairMetrics
{
    /// <summary>Preference loss + γ·divergence: what is minimised.</summary>
    public required double Loss { get; init; }

    /// <summary>The loss without its divergence part.</summary>
    public required double PreferenceLoss { get; init; }

    /// <summary>K⁺ + K⁻, nats a response position; null where it was not computed (training at γ = 0).</summary>
    public required double? Divergence { get; init; }

    /// <summary>β(ℓ_π − ℓ_ref) of the chosen side.</summary>
    public required double ChosenReward { get; init; }

    /// <summary>β(ℓ_π − ℓ_ref) of the rejected side.</summary>
    public required double RejectedReward { get; init; }

    /// <summary>Share of pairs whose chosen reward is the greater.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Chosen minus rejected reward.</summary>
    public double Margin => ChosenReward - RejectedReward;

    /// <summary>ℓ_π(y⁺), nats.</summary>
    public required double ChosenLogProbability { get; init; }

    /// <summary>ℓ_π(y⁻), nats.</summary>
    public required double RejectedLogProbability { get; init; }

    /// <summary>Pairs.</summary>
    public required int Pairs { get; init; }

    /// <summary>Real tokens passed through the policy.</summary>
    public required long Tokens { get; init; }

    /// <summary>Means over all pairs of some batches.</summary>
    internal static PairMetrics Mean(IReadOnlyList<PairMetrics> batches)
    {
        int pairs = batches.Sum(b => b.Pairs);
        double Average(Func<PairMetrics, double> value) => batches.Sum(b => value(b) * b.Pairs) / pairs;
        return new PairMetrics
        {
            Loss = Average(b => b.Loss),
            PreferenceLoss = Average(b => b.PreferenceLoss),
            Divergence = batches.All(b => b.Divergence is not null) ? Average(b => b.Divergence!.Value) : null,
            ChosenReward = Average(b => b.ChosenReward),
            RejectedReward = Average(b => b.RejectedReward),
            Accuracy = Average(b => b.Accuracy),
            ChosenLogProbability = Average(b => b.ChosenLogProbability),
            RejectedLogProbability = Average(b => b.RejectedLogProbability),
            Pairs = pairs,
            Tokens = batches.Sum(b => b.Tokens),
        };
    }
}

/// <summary>One optimizer step.</summary>
/// <param name="Step">Counted from 1.</param>
/// <param name="Metrics">Of the step's pairs, before the step.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="LearningRate">Of this step.</param>
public sealed record TrainingStep(long Step, PairMetrics Metrics, double GradientNorm, double LearningRate);

/// <summary>One look at the held-out pairs.</summary>
/// <param name="Step">Steps done; 0 before the first.</param>
/// <param name="Metrics">Of all held-out pairs, divergence included.</param>
/// <param name="Best">True: the lowest loss so far.</param>
/// <param name="WithoutImprovement">Looks in a row without a lower loss.</param>
public sealed record TrainingValidation(long Step, PairMetrics Metrics, bool Best, int WithoutImprovement);

/// <summary>Greedy answers of policy and reference to one held-out prompt, as token ids without the prompt.</summary>
/// <param name="Pair">Index of the pair in its dataset.</param>
/// <param name="Prompt">The prompt's ids.</param>
/// <param name="Policy">The policy's answer, up to its end of text.</param>
/// <param name="Reference">The reference's answer.</param>
public sealed record SampledAnswer(int Pair, int[] Prompt, int[] Policy, int[] Reference);

/// <summary>What a training tells while it goes on. Called on the training's thread.</summary>
public interface ITrainingObserver
{
    /// <summary>The split is made and, after an interruption, the step known that training goes on from (null: from the start).</summary>
    void Began(TrainingSplit split, long? resumedFromStep);

    /// <summary>A step was made. After an interruption the steps since the last checkpoint are told again, with the same numbers.</summary>
    void Stepped(TrainingStep step);

    /// <summary>The held-out pairs were looked at.</summary>
    void Validated(TrainingValidation validation);

    /// <summary>Policy and reference answered some held-out prompts, after <paramref name="step"/> steps.</summary>
    void Answered(long step, IReadOnlyList<SampledAnswer> answers);
}

/// <summary>What a training is doing.</summary>
public enum TrainingStage
{
    /// <summary>Computing the reference's log-probabilities; counted in pairs.</summary>
    Reference,

    /// <summary>Training; counted in steps.</summary>
    Training,
}

/// <summary>How far a training is.</summary>
public readonly record struct TrainingProgress(TrainingStage Stage, long Done, long Total);

/// <summary>How a training ended. The policy holds the last weights.</summary>
public sealed record TrainingOutcome
{
    /// <summary>Steps made.</summary>
    public required long Steps { get; init; }

    /// <summary>The step with the lowest validation loss; 0: the reference itself.</summary>
    public required long BestStep { get; init; }

    /// <summary>The validation at that step.</summary>
    public required PairMetrics Best { get; init; }

    /// <summary>The validation after the last step.</summary>
    public required PairMetrics Last { get; init; }

    /// <summary>Loss of the last training step, before it.</summary>
    public required double LastTrainingLoss { get; init; }

    /// <summary>The validation before the first step.</summary>
    public required PairMetrics Start { get; init; }

    /// <summary>True: patience ended the training.</summary>
    public required bool StoppedEarly { get; init; }

    /// <summary>The pairs that trained and validated.</summary>
    public required TrainingSplit Split { get; init; }
}
