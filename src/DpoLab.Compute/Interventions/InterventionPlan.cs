using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Interventions;

/// <summary>An intervention come down to arithmetic on one model: what is done in which layer.</summary>
/// <param name="Scope">Positions acted on while generating.</param>
/// <param name="Operations">At least one.</param>
/// <param name="Neurons">Neurons acted on; null: a whole stream is steered.</param>
public sealed record InterventionPlan(PositionScope Scope, IReadOnlyList<LayerOperation> Operations, int? Neurons)
{
    /// <summary>True if nothing can change: every factor is 1 and every offset 0. The result is then bit-equal to the plain model's.</summary>
    public bool IsStrengthZero => Operations.All(operation => operation switch
    {
        NeuronOperation neurons => neurons.Factors.All(f => f == 1) && neurons.Offsets.All(o => o == 0),
        KeyOperation key => key.Factor == 1,
        SteeringOperation steering => steering.Offset.All(o => o == 0),
        _ => false,
    });
}

/// <summary>Something done in one layer.</summary>
/// <param name="Layer">From 0.</param>
public abstract record LayerOperation(int Layer);

/// <summary>m_i := factor_i · m_i + offset_i. Factor 0 sets a constant, factor 1 shifts, offset 0 scales.</summary>
/// <param name="Layer">From 0.</param>
/// <param name="Neurons">Indices in the layer, rising.</param>
/// <param name="Factors">One a neuron.</param>
/// <param name="Offsets">One a neuron.</param>
public sealed record NeuronOperation(int Layer, int[] Neurons, double[] Factors, double[] Offsets) : LayerOperation(Layer);

/// <summary>The neurons' input weights are multiplied: GPT-2 the columns of <c>c_fc</c>, gated families the rows of <c>gate_proj</c>; biases stay.</summary>
/// <param name="Layer">From 0.</param>
/// <param name="Neurons">Indices in the layer, rising.</param>
/// <param name="Factor">s.</param>
public sealed record KeyOperation(int Layer, int[] Neurons, double Factor) : LayerOperation(Layer);

/// <summary>A vector is added to a stream of the layer: −s·w, or −s·‖x_t‖·w/‖w‖ at each position.</summary>
/// <param name="Layer">From 0.</param>
/// <param name="Point">Where.</param>
/// <param name="Offset">[d].</param>
/// <param name="TimesStreamNorm">The offset is multiplied by the norm that the stream has at the position.</param>
public sealed record SteeringOperation(int Layer, SteeringPoint Point, double[] Offset, bool TimesStreamNorm = false) : LayerOperation(Layer);

/// <summary>At each position the neurons take the value that they have there in another model, which reads the same text.</summary>
/// <param name="Layer">From 0.</param>
/// <param name="Neurons">Indices in the layer, rising.</param>
/// <param name="Source">The other model. It is read from, and must not be the one that is intervened on.</param>
public sealed record TransplantOperation(int Layer, int[] Neurons, Decoder Source) : LayerOperation(Layer);
