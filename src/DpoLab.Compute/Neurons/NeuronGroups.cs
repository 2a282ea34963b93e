using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Neurons;

/// <summary>The rule of the four groups (science.md, section 5; Yang et al. 2025, section 4).</summary>
public static class NeuronGroups
{
    /// <summary>TP, AN, TN, AP: the order of every list by group.</summary>
    public static IReadOnlyList<NeuronGroup> All { get; } = [NeuronGroup.Tp, NeuronGroup.An, NeuronGroup.Tn, NeuronGroup.Ap];

    /// <summary>The quadrant of a neuron by the signs of its cosine and of the base model's mean activation; null: one is 0 or not a number.</summary>
    public static NeuronGroup? Quadrant(double cosine, double activation) => (cosine, activation) switch
    {
        ( > 0, > 0) => NeuronGroup.Tp,
        ( < 0, < 0) => NeuronGroup.An,
        ( > 0, < 0) => NeuronGroup.Tn,
        ( < 0, > 0) => NeuronGroup.Ap,
        _ => null,
    };

    /// <summary>
    /// The neuron's code (<see cref="NeuronArrays.Code"/>): its quadrant's group if DPO lowered its projection, the quadrant's counter-movers if it
    /// rose, no group if cosine, activation or change is 0 or the change is not finite.
    /// </summary>
    public static byte Code(double cosine, double activation, double projectionChange) =>
        Quadrant(cosine, activation) is { } quadrant && double.IsFinite(projectionChange) && projectionChange != 0
            ? NeuronArrays.Code(quadrant, lowered: projectionChange < 0)
            : NeuronArrays.NoGroup;

    /// <summary>The code of every neuron, [layers · neurons a layer].</summary>
    public static byte[] Codes(NeuronStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        var codes = new byte[statistics.Count];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = Code(statistics.Cosine[i], statistics.ActivationBefore[i], statistics.ProjectionChange(i));
        return codes;
    }

    /// <summary>
    /// The notebooks' rule by the change of the activation: TP and TN fall, AP and AN rise, so TP and AN come nearer to 0, TN and AP move away.
    /// True: the neuron moved so; false: against it; null: it did not move or has no quadrant.
    /// </summary>
    public static bool? FollowsByActivation(NeuronGroup? quadrant, double activationChange)
    {
        if (quadrant is null || activationChange == 0 || !double.IsFinite(activationChange))
            return null;
        bool falls = quadrant is NeuronGroup.Tp or NeuronGroup.Tn;
        return activationChange < 0 == falls;
    }
}
