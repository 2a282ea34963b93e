using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Neurons;

/// <summary>Orders of neurons by a number; ties keep the order of flat indices (layer·n + i), so that every list is reproducible.</summary>
public static class NeuronRanking
{
    /// <summary>Neurons by falling key; not-a-number comes last.</summary>
    /// <param name="neurons">Flat indices in rising order.</param>
    /// <param name="key">What they are ordered by.</param>
    public static int[] Descending(IEnumerable<int> neurons, Func<int, double> key)
    {
        ArgumentNullException.ThrowIfNull(neurons);
        ArgumentNullException.ThrowIfNull(key);
        int[] order = [.. neurons];
        var falling = Array.ConvertAll(order, i => -key(i));
        for (int i = 0; i < falling.Length; i++)
        {
            if (double.IsNaN(falling[i]))
                falling[i] = double.PositiveInfinity;
        }

        // Array.Sort is not stable: the flat index decides between equal keys.
        var keys = new (double Falling, int Neuron)[order.Length];
        for (int i = 0; i < order.Length; i++)
            keys[i] = (falling[i], order[i]);
        Array.Sort(keys);
        return Array.ConvertAll(keys, k => k.Neuron);
    }

    /// <summary>All neurons from the most toxic-aligned (greatest cosine) to the least.</summary>
    public static int[] ByCosine(NeuronStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return Descending(Enumerable.Range(0, statistics.Count), i => statistics.Cosine[i]);
    }

    /// <summary>All neurons from the one that tuning changed most to the least, whichever way; changes that are not finite come last.</summary>
    public static int[] ByChange(NeuronStatistics statistics, ChangeMeasure measure)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        Func<int, double> change = measure is ChangeMeasure.Activation ? statistics.ActivationChange : statistics.ProjectionChange;
        return Descending(Enumerable.Range(0, statistics.Count), i => double.IsFinite(change(i)) ? Math.Abs(change(i)) : double.NaN);
    }

    /// <summary>The lowered neurons of the given groups from the largest reduction to the smallest.</summary>
    public static int[] ByReduction(NeuronStatistics statistics, byte[] codes, IEnumerable<NeuronGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(codes);
        var taken = groups.ToHashSet();
        var lowered = Enumerable.Range(0, codes.Length).Where(i => NeuronArrays.GroupOf(codes[i]) is { } group && taken.Contains(group));
        return Descending(lowered, i => -statistics.ProjectionChange(i));
    }
}
