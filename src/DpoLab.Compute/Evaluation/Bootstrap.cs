using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Evaluation;

/// <summary>Seeded percentile bootstrap: 95 % intervals of means over prompts (science.md, section 7).</summary>
public sealed class Bootstrap
{
    private const double Tail = 0.025;
    private readonly int resamples;
    private readonly int seed;

    /// <summary>The same seed gives the same intervals.</summary>
    public Bootstrap(int resamples = 10_000, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        this.resamples = resamples;
        this.seed = seed;
    }

    /// <summary>The mean of the values that are there. Null: none is.</summary>
    public Estimate? Mean(IReadOnlyList<double?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] there = [.. values.OfType<double>()];
        if (there.Length == 0)
            return null;
        double[] means = new double[resamples];
        var random = new SeededRandom(seed);
        for (int r = 0; r < resamples; r++)
        {
            double sum = 0;
            for (int i = 0; i < there.Length; i++)
                sum += there[random.Next(there.Length)];
            means[r] = sum / there.Length;
        }

        return Interval(there.Average(), means, there.Length, values.Count - there.Length);
    }

    /// <summary>The mean of <paramref name="after"/> − <paramref name="before"/>, paired by place: both must be there. Null: no pair is.</summary>
    public Estimate? PairedDifference(IReadOnlyList<double?> before, IReadOnlyList<double?> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        RequireSameLength(before, after, nameof(after));
        return Mean([.. before.Zip(after, (b, a) => a - b)]);
    }

    /// <summary>
    /// The share of an effect that something reproduces: (mean base − mean this)/(mean base − mean full), all three paired by place. Null where
    /// there is no triple, or where the 95 % interval of the full effect holds 0: a share of nothing means nothing.
    /// </summary>
    public Estimate? ShareOfEffect(IReadOnlyList<double?> start, IReadOnlyList<double?> partial, IReadOnlyList<double?> full)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(partial);
        ArgumentNullException.ThrowIfNull(full);
        RequireSameLength(start, partial, nameof(partial));
        RequireSameLength(start, full, nameof(full));
        var triples = new List<(double Part, double Whole)>();
        for (int i = 0; i < start.Count; i++)
        {
            if (start[i] - partial[i] is { } part && start[i] - full[i] is { } whole)
                triples.Add((part, whole));
        }

        if (Mean([.. triples.Select(t => (double?)t.Whole)]) is not { } effect || (effect.Low <= 0 && effect.High >= 0))
            return null;
        double share = triples.Average(t => t.Part) / effect.Mean;
        return Interval(share, Shares(triples), triples.Count, start.Count - triples.Count);
    }

    private double[] Shares(List<(double Part, double Whole)> triples)
    {
        double[] shares = new double[resamples];
        var random = new SeededRandom(seed);
        for (int r = 0; r < resamples; r++)
        {
            double part = 0;
            double whole = 0;
            for (int i = 0; i < triples.Count; i++)
            {
                var triple = triples[random.Next(triples.Count)];
                part += triple.Part;
                whole += triple.Whole;
            }

            shares[r] = part / whole;
        }

        return shares;
    }

    private static Estimate Interval(double mean, double[] resampled, int count, int missing)
    {
        Array.Sort(resampled);
        return new Estimate(mean, Quantile(resampled, Tail), Quantile(resampled, 1 - Tail), count, missing);
    }

    /// <summary>Linear interpolation between order statistics, ends included.</summary>
    private static double Quantile(double[] sorted, double q)
    {
        double place = q * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }

    private static void RequireSameLength(IReadOnlyList<double?> a, IReadOnlyList<double?> b, string name)
    {
        if (a.Count != b.Count)
            throw new ArgumentException($"Paired values must belong to the same prompts, but there are {a.Count} and {b.Count}.", name);
    }
}
