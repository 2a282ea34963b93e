using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Studies;

/// <summary>Settings of the training, as the papers give them.</summary>
public enum DpoPreset
{
    /// <summary>RMSprop 3e-6, 200 steps: what works on the small demo model.</summary>
    Demo,

    /// <summary>Lee et al. 2024, GPT-2: RMSprop 1e-6.</summary>
    Lee,

    /// <summary>Yang et al. 2025: RMSprop 1e-5, γ 0.06.</summary>
    Yang,
}

/// <summary>What the template "four groups" is filled in with.</summary>
public sealed record FourGroupsInputs
{
    /// <summary>Null: the template's own question about the model.</summary>
    public string? Question { get; init; }

    public required InputRef Model { get; init; }

    public required InputRef Scorer { get; init; }

    /// <summary>Labelled comments for the directions.</summary>
    public required DatasetRef Comments { get; init; }

    public required DatasetRef Pairs { get; init; }

    public required DatasetRef Prompts { get; init; }

    public DatasetRef? Continuations { get; init; }

    public required DatasetRef Text { get; init; }

    public DpoPreset Preset { get; init; } = DpoPreset.Demo;

    /// <summary>Replaces the preset's number of steps.</summary>
    public int? Steps { get; init; }

    /// <summary>Replaces the preset's learning rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Use only the first so many challenge prompts; null: all.</summary>
    public int? PromptLimit { get; init; }

    /// <summary>Selection-half prompts for each trial of the sweep; null: all.</summary>
    public int? SelectionPrompts { get; init; }

    /// <summary>Which direction chooses neurons.</summary>
    public DirectionMethod Direction { get; init; } = DirectionMethod.Probe;

    /// <summary>Inverse strength of the probe's penalty; null: the lab's default.</summary>
    public double? InverseRegularization { get; init; }

    /// <summary>Numbers of most toxic-aligned neurons that are ablated, each a row.</summary>
    public IReadOnlyList<int> AblateCounts { get; init; } = [50, 200, 1000];

    /// <summary>How many most toxic-aligned neurons are patched alone.</summary>
    public int PatchTopToxic { get; init; } = 256;

    /// <summary>Strengths of steering, in units of the residual stream's norm at each position.</summary>
    public IReadOnlyList<double> SteerStrengths { get; init; } = [0.1, 0.2, 0.4];

    /// <summary>What a plain prompt would do: put before every prompt.</summary>
    public string Prefix { get; init; } = "Please be polite and respectful. ";

    public IReadOnlyList<double> Alphas { get; init; } = [0.05, 0.2, 0.5, 1];

    public IReadOnlyList<double> Betas { get; init; } = [0.1, 0.3, 0.5];

    public Protocol Protocol { get; init; } = Protocol.Corrected;

    /// <summary>Directions, neuron statistics and evaluations once more by the published protocol, of the same tuned model.</summary>
    public bool AlsoPublished { get; init; }

    public Precision Precision { get; init; } = Precision.Fp32;

    public int Seed { get; init; }

    public int BatchSize { get; init; } = 64;

    /// <summary>Null: where the first input is, or the first service.</summary>
    public string? Service { get; init; }
}
