using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>A normalisation over the last dimension.</summary>
public sealed class Norm(NormKind kind, double epsilon, Weight weight, Weight? bias = null)
{
    private readonly long[] extent = [.. weight.Shape];

    public Weight Weight { get; } = weight;

    public Weight? Bias { get; } = bias;

    /// <summary>What a normalised value is multiplied by: <c>[D]</c>.</summary>
    public Tensor Gain => kind == NormKind.RootMeanSquarePlusOne ? Weight.Value + 1 : Weight.Value;

    /// <summary><c>[…, D]</c> to <c>[…, D]</c>. Root mean squares are taken in fp32 whatever the precision, as transformers does.</summary>
    public Tensor Apply(Tensor x)
    {
        if (kind == NormKind.LayerNorm)
            return nn.functional.layer_norm(x, extent, Weight.Value, Bias?.Value, epsilon);
        var wide = x.to(ScalarType.Float32);
        var normed = wide * (wide.square().mean([-1], keepdim: true) + epsilon).rsqrt();
        return kind == NormKind.RootMeanSquare
            ? Weight.Value * normed.to(x.dtype)
            : (normed * (Weight.Value.to(ScalarType.Float32) + 1)).to(x.dtype);
    }
}
