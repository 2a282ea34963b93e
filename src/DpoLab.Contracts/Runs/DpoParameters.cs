using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>The preference loss, as TRL names it (science.md, section 4).</summary>
public enum DpoLoss
{
    Sigmoid,
    Ipo,
    Hinge,
    Robust,
}

/// <summary>The optimizer: RMSprop (α .99, ε 1e-8) in the papers.</summary>
public enum DpoOptimizer
{
    RmsProp,
    AdamW,
}

/// <summary>How the learning rate goes on after the warm-up.</summary>
public enum LearningRateSchedule
{
    Constant,
    Linear,
    Cosine,
}

/// <summary>Low-rank adapters instead of all weights.</summary>
/// <param name="Rank">Inner dimension r.</param>
/// <param name="Alpha">The update is scaled by alpha / r.</param>
/// <param name="Targets">Names of the linear layers that get an adapter; empty: the family's usual ones.</param>
public sealed record LoraOptions(int Rank = 8, double Alpha = 16, IReadOnlyList<string>? Targets = null);

/// <summary>What training may do to a set of neurons.</summary>
public enum NeuronMaskMode
{
    /// <summary>Their input and output weights alone are trained.</summary>
    TrainOnly,

    /// <summary>Everything but their input and output weights is trained.</summary>
    Freeze,
}

/// <summary>A set of neurons as the only thing that is trained, or as what training must not touch.</summary>
/// <param name="Mode">Which of the two.</param>
/// <param name="Neurons">The set; groups and top-toxic need <see cref="DpoParameters.Neurons"/>.</param>
public sealed record NeuronMaskOptions(NeuronMaskMode Mode, NeuronSelection Neurons);

/// <summary>Tunes a model on preference pairs with DPO.</summary>
public sealed record DpoParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Dpo;

    public required InputRef Model { get; init; }

    public required DatasetRef Pairs { get; init; }

    /// <summary>β: how strongly the policy is held to the reference.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>γ: weight of KL(p_ref ‖ p_π), chosen plus rejected side.</summary>
    public double Gamma { get; init; }

    public DpoLoss Loss { get; init; } = DpoLoss.Sigmoid;

    /// <summary>ε of the robust loss.</summary>
    public double LabelSmoothing { get; init; }

    public DpoOptimizer Optimizer { get; init; } = DpoOptimizer.RmsProp;

    public double LearningRate { get; init; } = 1e-6;

    public double WeightDecay { get; init; }

    public int WarmupSteps { get; init; } = 150;

    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Optimizer steps at most; patience can end the training earlier.</summary>
    public int Steps { get; init; } = 6000;

    /// <summary>Pairs in one forward pass.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Batches whose gradients are averaged into one step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>The gradient is scaled by min(1, clip / (norm + 1e-6)).</summary>
    public double Clip { get; init; } = 10;

    public int MaxPromptTokens { get; init; } = 64;

    public int MaxResponseTokens { get; init; } = 64;

    /// <summary>Pairs held out by the seeded split.</summary>
    public int ValidationPairs { get; init; } = 64;

    /// <summary>Validate each time so many training pairs have been seen.</summary>
    public int ValidateEvery { get; init; } = 100;

    /// <summary>Stop after so many validations without a lower loss.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Write a checkpoint each so many steps.</summary>
    public int CheckpointEvery { get; init; } = 50;

    /// <summary>Null: all weights are trained.</summary>
    public LoraOptions? Lora { get; init; }

    /// <summary>Null: no difference between neurons. Not together with <see cref="Lora"/>.</summary>
    public NeuronMaskOptions? Mask { get; init; }

    /// <summary>Statistics of the model that the mask's selection reads (<see cref="Artifacts.Neurons"/>).</summary>
    public InputRef? Neurons { get; init; }

    /// <summary>Compute activations again on the way back instead of keeping them: less memory, about a third more time, the same numbers.</summary>
    public bool Recompute { get; init; }

    /// <summary>Prompts of the validation pairs that policy and reference answer greedily at evaluations.</summary>
    public int SampleAnswers { get; init; } = 8;

    /// <summary>Scores the sampled answers when given.</summary>
    public InputRef? Scorer { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => [.. new[] { Model, Pairs.File, Neurons, Scorer }.OfType<InputRef>(), .. Mask?.Neurons.Inputs() ?? []];

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Model, "model", "model");
        check.Chosen(Pairs?.File, "pairs", "preference pairs");
        check.Within(Beta, 1e-4, 10, "beta", "The papers use 0.1.");
        check.Within(Gamma, 0, 10, "gamma", "Lee 0; Yang 0.05 to 0.1.");
        check.Within(LabelSmoothing, 0, 0.49, "labelSmoothing", "The robust loss needs less than 0.5.");
        check.Within(LearningRate, 1e-10, 1e-2, "learningRate", "Lee 1e-6, Yang 1e-5; above 1e-4 training usually diverges.");
        check.Within(WeightDecay, 0, 1, "weightDecay", "The papers use 0.");
        check.Within(WarmupSteps, 0, 1_000_000, "warmupSteps", "The papers use 150.");
        check.Within(Steps, 1, 10_000_000, "steps", "Enter at least 1.");
        check.Within(BatchSize, 1, 1024, "batchSize", "The papers use 4.");
        check.Within(Accumulation, 1, 1024, "accumulation", "1 steps after each batch.");
        check.Within(Clip, 1e-3, 1e6, "clip", "The papers use 10.");
        check.Within(MaxPromptTokens, 1, 8192, "maxPromptTokens", "The papers use 64.");
        check.Within(MaxResponseTokens, 1, 8192, "maxResponseTokens", "The papers use 64.");
        check.Within(ValidationPairs, 1, 100_000, "validationPairs", "The papers use 64.");
        check.Within(ValidateEvery, 1, 10_000_000, "validateEvery", "The papers use 100.");
        check.Within(Patience, 1, 100_000, "patience", "10 in the paper, 30 in its code.");
        check.Within(CheckpointEvery, 1, 10_000_000, "checkpointEvery", "Enter at least 1.");
        check.Within(SampleAnswers, 0, 256, "sampleAnswers", "0 shows none.");
        check.Require(Mask is null || Lora is null, "mask", "Adapters are shared by all neurons of a layer. Train all weights, or drop the mask.");
        if (Mask is { Neurons: not (ListSelection or SetSelection) })
            check.Chosen(Neurons, "neurons", "neuron statistics");
        if (Lora is not null)
        {
            check.Within(Lora.Rank, 1, 4096, "lora.rank", "8 to 64 is usual.");
            check.Within(Lora.Alpha, 1e-3, 1e4, "lora.alpha", "Twice the rank is usual.");
        }
    }
}
