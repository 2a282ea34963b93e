using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Training;

/// <summary>How a policy is tuned (science.md, section 4). The defaults are the lab's.</summary>
public sealed record DpoOptions
{
    /// <summary>β: how strongly the policy is held to the reference.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>γ: weight of the mean over pairs of K⁺ + K⁻, K = KL(p_ref ‖ p_π) a response position.</summary>
    public double Gamma { get; init; }

    /// <summary>The loss of a pair.</summary>
    public DpoLoss Loss { get; init; } = DpoLoss.Sigmoid;

    /// <summary>ε of the robust loss: the share of pairs believed to be swapped.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>How gradients become steps.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>How the learning rate goes on after the warm-up.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Steps over which the learning rate rises linearly: step s (from 0) uses min(1, (s + 1)/warm-up).</summary>
    public int WarmupSteps { get; init; } = 150;

    /// <summary>Optimizer steps at most.</summary>
    public required int Steps { get; init; }

    /// <summary>Pairs in one forward pass.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Batches whose mean gradient makes one step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>The gradient is scaled by min(1, clip/(norm + 1e-6)).</summary>
    public double Clip { get; init; } = 10;

    /// <summary>Pairs held out by the seeded split.</summary>
    public int ValidationPairs { get; init; } = 64;

    /// <summary>Validate each time so many training pairs have been seen.</summary>
    public int ValidateEvery { get; init; } = 100;

    /// <summary>Stop after so many validations in a row without a lower loss.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Write a checkpoint each so many steps.</summary>
    public int CheckpointEvery { get; init; } = 50;

    /// <summary>How many validation prompts policy and reference answer greedily at validations.</summary>
    public int SampleAnswers { get; init; } = 8;

    /// <summary>Tokens of a sampled answer.</summary>
    public int AnswerTokens { get; init; } = 20;

    /// <summary>Compute a layer's activations again on the way back instead of keeping them.</summary>
    public bool Recompute { get; init; }

    /// <summary>Whether padding is treated as the reference code treats it (science.md, section 8).</summary>
    public Protocol Protocol { get; init; } = Protocol.Corrected;

    /// <summary>Seeds the split and the order of the pairs.</summary>
    public int Seed { get; init; }

    /// <summary>Pairs that one optimizer step sees.</summary>
    public int PairsPerStep => BatchSize * Accumulation;

    /// <summary>Makes sure that the numbers can be trained with.</summary>
    /// <exception cref="TrainingException">Names the setting and its limit.</exception>
    public void Validate()
    {
        Require(Beta > 0, $"β is {Beta}; it must be positive.");
        Require(Gamma >= 0, $"γ is {Gamma}; it must not be negative.");
        Require(LabelSmoothing is >= 0 and < 0.5, $"Label smoothing is {LabelSmoothing}; the robust loss needs 0 ≤ ε < 0.5.");
        Require(
            LabelSmoothing is 0 || Loss is DpoLoss.Robust,
            $"Label smoothing of {LabelSmoothing} has no meaning for the {Loss} loss; choose the robust loss or set it to 0.");
        Require(Steps >= 1 && BatchSize >= 1 && Accumulation >= 1, "Steps, batch size and accumulation must be at least 1.");
        Require(WarmupSteps >= 0, $"Warm-up of {WarmupSteps} steps; it must not be negative.");
        Require(Clip > 0, $"The clip is {Clip}; it must be positive.");
        Require(ValidationPairs >= 1 && ValidateEvery >= 1 && Patience >= 1, "Validation pairs, interval and patience must be at least 1.");
        Require(CheckpointEvery >= 1, $"A checkpoint each {CheckpointEvery} steps; it must be at least 1.");
        Require(SampleAnswers >= 0 && AnswerTokens >= 1, "Sampled answers must not be negative, their tokens at least 1.");
        Optimizer.Validate();
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new TrainingException(message);
    }
}

/// <summary>How gradients become steps.</summary>
public sealed record OptimizerOptions
{
    /// <summary>Which update rule.</summary>
    public DpoOptimizer Kind { get; init; } = DpoOptimizer.RmsProp;

    /// <summary>The rate after the warm-up.</summary>
    public double LearningRate { get; init; } = 1e-6;

    /// <summary>AdamW: decoupled decay a step, times the learning rate. RMSprop: added to the gradient, as torch does.</summary>
    public double WeightDecay { get; init; }

    /// <summary>RMSprop: share of the old mean square kept.</summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>AdamW, β₁: share of the old mean kept.</summary>
    public double MeanDecay { get; init; } = 0.9;

    /// <summary>AdamW, β₂: share of the old mean square kept.</summary>
    public double SquareDecay { get; init; } = 0.999;

    /// <summary>ε, added after the square root.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal void Validate()
    {
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            throw new TrainingException($"The learning rate is {LearningRate}; it must be positive.");
        if (!(WeightDecay >= 0))
            throw new TrainingException($"The weight decay is {WeightDecay}; it must not be negative.");
    }
}
