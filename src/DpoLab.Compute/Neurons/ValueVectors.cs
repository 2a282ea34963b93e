using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Neurons;

/// <summary>
/// What a neuron writes to the residual stream: v_i, under <see cref="Protocol.Corrected"/> with Gemma 2's post-norm gain g ⊙ v_i
/// (science.md, section 1).
/// </summary>
public static class ValueVectors
{
    /// <summary>[n, d] in float64, on the decoder's device.</summary>
    public static Tensor Of(Decoder decoder, int layer, Protocol protocol)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        using var scope = NewDisposeScope();
        var v = decoder.ValueVectors(layer).to(ScalarType.Float64);
        if (protocol is Protocol.Corrected && decoder.OutputGain(layer) is { } gain)
            v *= gain.to(ScalarType.Float64);
        return v.MoveToOuterDisposeScope();
    }

    /// <summary>cos_i = v_i·ŵ/‖v_i‖ and the products v_i·ŵ of a layer, [n] each in float64; a zero vector has cosine 0.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="layer">From 0.</param>
    /// <param name="unit">ŵ: [d], float64, of length 1.</param>
    /// <param name="protocol">Which value vectors.</param>
    public static (Tensor Cosine, Tensor Product) Along(Decoder decoder, int layer, Tensor unit, Protocol protocol)
    {
        using var scope = NewDisposeScope();
        var v = Of(decoder, layer, protocol);
        var product = v.mv(unit); // [n]
        var norm = v.square().sum(1).sqrt(); // [n]
        var cosine = where(norm.gt(0), product / norm, zeros_like(product));
        return (cosine.MoveToOuterDisposeScope(), product.MoveToOuterDisposeScope());
    }

    /// <summary>ŵ = w/‖w‖ on the decoder's device, in float64.</summary>
    /// <exception cref="InputException">w is zero, not finite, or of another width than the model.</exception>
    public static Tensor Unit(Decoder decoder, double[] direction)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(direction);
        if (direction.Length != decoder.Configuration.Width)
        {
            throw new InputException(
                $"The direction has {direction.Length} entries, the model's residual stream {decoder.Configuration.Width}. Choose a direction of this model.");
        }

        double norm = Math.Sqrt(direction.Sum(x => x * x));
        if (!double.IsFinite(norm) || norm == 0)
            throw new InputException($"The direction has length {norm}: it points nowhere. Make the direction again.");
        return tensor(Array.ConvertAll(direction, x => x / norm), ScalarType.Float64, decoder.Device);
    }
}
