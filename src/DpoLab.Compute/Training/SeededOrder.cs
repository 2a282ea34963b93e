namespace DpoLab.Compute.Training;

/// <summary>
/// Seeded permutations that depend on nothing but their arguments: no state has to be saved to go on from the middle of one.
/// </summary>
public static class SeededOrder
{
    /// <summary>A permutation of 0 … <paramref name="count"/> − 1.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="stream">Tells apart the permutations that one run needs (split, epoch 0, epoch 1, …).</param>
    public static int[] Permutation(int count, int seed, long stream)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] order = [.. Enumerable.Range(0, count)];
        var random = new SeededRandom(unchecked((long)new SeededRandom(seed).NextBits()) ^ stream);
        random.Shuffle<int>(order);
        return order;
    }
}
