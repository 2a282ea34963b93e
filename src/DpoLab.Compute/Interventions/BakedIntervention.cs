using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Interventions;

/// <summary>Writes an intervention into the weights, so that the saved folder does the same in any other engine.</summary>
public static class BakedIntervention
{
    /// <summary>True for plans that only multiply: live edits, scaling, ablation, scaled keys.</summary>
    public static bool CanBake(InterventionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Operations.All(operation => operation switch
        {
            NeuronOperation neurons => neurons.Offsets.All(o => o == 0),
            KeyOperation => true,
            _ => false,
        });
    }

    /// <summary>
    /// Changes the decoder's weights for good: m_i·s at every position equals the value vector v_i·s. Save the decoder afterwards.
    /// </summary>
    /// <exception cref="InputException">The plan sets or shifts activations, or steers, which no weight of the families can say.</exception>
    public static void Bake(Decoder decoder, InterventionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        if (!CanBake(plan))
            throw new InputException("Only live edits, scaling and scaled keys can be written into a model's weights. Choose the live form.");
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var operation in plan.Operations)
        {
            switch (operation)
            {
                case NeuronOperation neurons:
                    var factors = tensor(neurons.Factors, ScalarType.Float64, decoder.Device).unsqueeze(1);
                    Multiply(decoder.ValueVectors(neurons.Layer), neurons.Neurons, factors);
                    break;
                case KeyOperation key:
                    Multiply(decoder.KeyVectors(key.Layer), key.Neurons, tensor(key.Factor, ScalarType.Float64, decoder.Device));
                    break;
            }
        }
    }

    /// <summary>rows[i] := rows[i] · factor, rounded once.</summary>
    private static void Multiply(Tensor rows, int[] neurons, Tensor factor)
    {
        var index = tensor(Array.ConvertAll(neurons, i => (long)i), ScalarType.Int64, rows.device);
        rows.index_copy_(0, index, (rows.index_select(0, index).to(ScalarType.Float64) * factor).to(rows.dtype));
    }
}
