using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Interventions;

/// <summary>Turns a selection of a spec into neurons of one model.</summary>
public static class NeuronSelections
{
    /// <summary>The chosen neurons as flat indices, each once, in rising order.</summary>
    /// <param name="selection">What the spec says.</param>
    /// <param name="statistics">Needed for all but lists.</param>
    /// <param name="layers">Layers of the model that is intervened on.</param>
    /// <param name="neuronsPerLayer">Its neurons a layer.</param>
    /// <param name="readSet">Reads the file of a neuron set; null: no set can be chosen.</param>
    /// <exception cref="InputException">Nothing is chosen, a listed neuron does not exist, or statistics are missing.</exception>
    public static int[] Choose(
        NeuronSelection selection, NeuronStatistics? statistics, int layers, int neuronsPerLayer, Func<InputRef, NeuronSetFile>? readSet = null)
    {
        int[] chosen = selection switch
        {
            GroupSelection groups => OfGroups(groups, Needed(statistics)),
            TopToxicSelection top => MostToxic(top, Needed(statistics)),
            ChangeSelection change => MostChanged(change, Needed(statistics)),
            SetSelection set when readSet is not null => readSet(set.Set).For(layers, neuronsPerLayer, set.Set.Name),
            ListSelection list => [.. list.Neurons.Select(neuron => Flat(neuron, layers, neuronsPerLayer))],
            _ => throw new ArgumentException($"Unknown selection {selection?.GetType().Name ?? "null"}.", nameof(selection)),
        };
        if (chosen.Length == 0)
            throw new InputException($"The selection {selection} holds no neuron of this model. Choose other groups or more neurons.");
        return [.. chosen.Distinct().Order()];
    }

    private static int[] OfGroups(GroupSelection groups, NeuronStatistics statistics)
    {
        int[] ranked = NeuronRanking.ByReduction(statistics, NeuronGroups.Codes(statistics), groups.Groups);
        return groups.Top is { } top ? [.. ranked.Take(top)] : ranked;
    }

    private static int[] MostToxic(TopToxicSelection top, NeuronStatistics statistics)
    {
        var ranked = NeuronRanking.ByCosine(statistics).Take(top.Count);
        return [.. ranked.Where(i => !top.PositiveOnly || statistics.ActivationBefore[i] > 0)];
    }

    private static int[] MostChanged(ChangeSelection change, NeuronStatistics statistics)
    {
        if (change.Count > statistics.Count)
            throw new InputException($"The {change.Count:N0} neurons of greatest change are asked for, and the model has {statistics.Count:N0}. Enter at most as many.");
        return [.. NeuronRanking.ByChange(statistics, change.Measure).Take(change.Count)];
    }

    private static int Flat(NeuronIndex neuron, int layers, int neuronsPerLayer) =>
        neuron.Layer >= 0 && neuron.Layer < layers && neuron.Neuron >= 0 && neuron.Neuron < neuronsPerLayer
            ? (neuron.Layer * neuronsPerLayer) + neuron.Neuron
            : throw new InputException(
                $"The model has no neuron {neuron.Neuron} in layer {neuron.Layer}: it has layers 0 to {layers - 1} of neurons 0 to {neuronsPerLayer - 1}.");

    internal static NeuronStatistics Needed(NeuronStatistics? statistics) =>
        statistics ?? throw new InputException("This intervention reads its neurons from statistics, and none were given. Choose a neurons run.");
}
