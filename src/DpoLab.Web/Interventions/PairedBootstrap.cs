using DpoLab.Contracts.Results;

namespace DpoLab.Web.Interventions;

/// <summary>
/// 95 % intervals of mean differences over prompts, from scores that the lab has stored: a seeded percentile bootstrap, as runs make theirs
/// (science.md, section 7).
/// </summary>
public static class PairedBootstrap
{
    private const int Resamples = 10_000;
    private const double Tail = 0.025;

    /// <summary>The mean of after − before. Null: there is no pair.</summary>
    /// <param name="pairs">Scores of the same prompts; a pair in which one is missing does not enter, and is counted.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    public static Estimate? Difference(IReadOnlyCollection<(double? Before, double? After)> pairs, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        double[] differences = [.. pairs.Select(pair => pair.After - pair.Before).OfType<double>()];
        if (differences.Length == 0)
            return null;
        var random = new Random(seed);
        double[] means = new double[Resamples];
        for (int r = 0; r < Resamples; r++)
        {
            double sum = 0;
            for (int i = 0; i < differences.Length; i++)
                sum += differences[random.Next(differences.Length)];
            means[r] = sum / differences.Length;
        }

        Array.Sort(means);
        return new Estimate(differences.Average(), Quantile(means, Tail), Quantile(means, 1 - Tail), differences.Length, pairs.Count - differences.Length);
    }

    private static double Quantile(double[] sorted, double q)
    {
        double place = q * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }
}
