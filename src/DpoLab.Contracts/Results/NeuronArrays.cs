using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Results;

/// <summary>
/// The arrays of <see cref="Artifacts.Neurons"/>: each [layers · neurons a layer] in flat order layer·n + i, float64 but for the last two.
/// </summary>
public static class NeuronArrays
{
    /// <summary>Cosine of the base model's value vector with the direction.</summary>
    public const string Cosine = "cosine";

    /// <summary>Mean activation of the base model.</summary>
    public const string ActivationBefore = "activation_before";

    /// <summary>Mean activation of the tuned model.</summary>
    public const string ActivationAfter = "activation_after";

    /// <summary>Population variance of the base model's activation.</summary>
    public const string VarianceBefore = "variance_before";

    /// <summary>Population variance of the tuned model's activation.</summary>
    public const string VarianceAfter = "variance_after";

    /// <summary>Mean projection on the direction, base model.</summary>
    public const string ProjectionBefore = "projection_before";

    /// <summary>Mean projection on the direction, tuned model.</summary>
    public const string ProjectionAfter = "projection_after";

    /// <summary>uint8: the code of <see cref="Code"/>.</summary>
    public const string Group = "group";

    /// <summary>int32: place by cosine, 0 = most toxic-aligned.</summary>
    public const string ToxicRank = "toxic_rank";

    /// <summary>Metadata key: number of layers.</summary>
    public const string Layers = "layers";

    /// <summary>Metadata key: neurons in a layer.</summary>
    public const string NeuronsPerLayer = "neurons_per_layer";

    /// <summary>The code of a neuron without a group: cosine, activation before or Δproj is 0, or Δproj is not finite.</summary>
    public const byte NoGroup = 0;

    /// <summary>1 to 4: TP, AN, TN, AP lowered by DPO; 5 to 8: their counter-movers.</summary>
    public static byte Code(NeuronGroup quadrant, bool lowered) => (byte)((int)quadrant + (lowered ? 1 : 5));

    /// <summary>The group that a code means; null for counter-movers and for neurons without one.</summary>
    public static NeuronGroup? GroupOf(byte code) => code is >= 1 and <= 4 ? (NeuronGroup)(code - 1) : null;

    /// <summary>The quadrant that a code means, lowered or raised; null for neurons without one.</summary>
    public static NeuronGroup? QuadrantOf(byte code) => code switch
    {
        >= 1 and <= 4 => (NeuronGroup)(code - 1),
        >= 5 and <= 8 => (NeuronGroup)(code - 5),
        _ => null,
    };
}
