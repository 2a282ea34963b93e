namespace DpoLab.Web.NeuronSets;

/// <summary>What two sets of one shape have in common.</summary>
/// <param name="Both">Neurons in both.</param>
/// <param name="First">In the first alone.</param>
/// <param name="Second">In the second alone.</param>
/// <param name="ByLayer">The same, layer by layer.</param>
public sealed record NeuronSetComparison(int Both, int First, int Second, IReadOnlyList<LayerOverlap> ByLayer)
{
    /// <summary>|A ∩ B| / |A ∪ B|, 0 to 1.</summary>
    public double Jaccard => Both + First + Second == 0 ? 0 : (double)Both / (Both + First + Second);

    /// <summary>What share of the smaller one lies in the other.</summary>
    public double Overlap => Math.Min(First, Second) + Both == 0 ? 0 : (double)Both / (Math.Min(First, Second) + Both);

    /// <summary>How many neurons in both two random sets of these sizes would have.</summary>
    /// <param name="neurons">All neurons of the model.</param>
    public double Expected(long neurons) => neurons == 0 ? 0 : (double)(Both + First) * (Both + Second) / neurons;

    /// <summary>Compares.</summary>
    /// <param name="first">Flat indices.</param>
    /// <param name="second">Flat indices of the same shape.</param>
    /// <param name="layers">Of the model.</param>
    /// <param name="perLayer">Neurons a layer.</param>
    public static NeuronSetComparison Of(IReadOnlyCollection<int> first, IReadOnlyCollection<int> second, int layers, int perLayer)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var (a, b) = (first.ToHashSet(), second.ToHashSet());
        int[] both = Layers([.. a.Where(b.Contains)], layers, perLayer);
        int[] ofFirst = Layers(a, layers, perLayer);
        int[] ofSecond = Layers(b, layers, perLayer);
        var byLayer = Enumerable.Range(0, layers).Select(l => new LayerOverlap(l, both[l], ofFirst[l] - both[l], ofSecond[l] - both[l])).ToList();
        return new NeuronSetComparison(byLayer.Sum(l => l.Both), byLayer.Sum(l => l.First), byLayer.Sum(l => l.Second), byLayer);
    }

    internal static int[] Layers(IEnumerable<int> neurons, int layers, int perLayer)
    {
        var counts = new int[layers];
        foreach (int i in neurons)
            counts[i / perLayer]++;
        return counts;
    }
}

/// <summary>One layer of a comparison.</summary>
public sealed record LayerOverlap(int Layer, int Both, int First, int Second);
