namespace DpoLab.Compute.Training;

/// <summary>
/// Seeded permutations that depend on nothing but their arguments: no state has to be saved to go on from the middle of
/// one, and they are the same on every machine and runtime.
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
        ulong state = Mix(Mix(unchecked((uint)seed)) ^ unchecked((ulong)stream));
        for (int last = count - 1; last > 0; last--)
        {
            int other = Below(last + 1, ref state);
            (order[last], order[other]) = (order[other], order[last]);
        }

        return order;
    }

    /// <summary>Uniform below <paramref name="bound"/>, without the bias of a plain remainder (Lemire 2019).</summary>
    private static int Below(int bound, ref ulong state)
    {
        ulong reject = unchecked(0 - (ulong)bound) % (ulong)bound;
        while (true)
        {
            ulong high = Math.BigMul(Next(ref state), (ulong)bound, out ulong low);
            if (low >= reject)
                return (int)high;
        }
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014).</summary>
    private static ulong Next(ref ulong state)
    {
        state = unchecked(state + 0x9E3779B97F4A7C15);
        return Mix(state);
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
