using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Neurons;

/// <summary>Each layer's MLP output along the direction, and which groups moved it.</summary>
public static class LayerProjections
{
    /// <summary>One record a layer.</summary>
    /// <param name="statistics">Base and tuned model.</param>
    /// <param name="codes">Of <see cref="NeuronGroups.Codes"/>.</param>
    /// <param name="before">[layers] mean <c>mlp_out</c>·ŵ of the base model.</param>
    /// <param name="after">[layers] the same of the tuned model.</param>
    public static IReadOnlyList<LayerProjection> Of(NeuronStatistics statistics, byte[] codes, double[] before, double[] after)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return [.. Enumerable.Range(0, statistics.Layers).Select(Layer)];

        LayerProjection Layer(int layer)
        {
            var change = new double[4];
            double counter = 0;
            for (int i = layer * statistics.NeuronsPerLayer; i < (layer + 1) * statistics.NeuronsPerLayer; i++)
            {
                if (NeuronArrays.GroupOf(codes[i]) is { } group)
                    change[(int)group] += statistics.ProjectionChange(i);
                else if (codes[i] != NeuronArrays.NoGroup)
                    counter += statistics.ProjectionChange(i);
            }

            return new LayerProjection
            {
                Layer = layer,
                Before = before[layer],
                After = after[layer],
                GroupChange = [.. NeuronGroups.All.Select(group => change[(int)group])],
                CounterChange = counter,
            };
        }
    }
}
