namespace DpoLab.Compute.Verification;

/// <summary>Differences as the README of the reference values bounds them.</summary>
internal static class ScienceDifference
{
    /// <summary>The bound of statistics: 1e-5 · max(1, |expected|).</summary>
    public const double Statistics = 1e-5;

    /// <summary>The bound of logits.</summary>
    public const double Logits = 1e-4;

    /// <summary>The largest difference over max(1, |expected|); NaN if a value is, or if there are not as many.</summary>
    public static double Largest(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        if (expected.Count != actual.Count)
            return double.NaN;
        double largest = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            double difference = Math.Abs(actual[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i]));
            largest = Math.Max(largest, difference); // a NaN stays: Math.Max passes it on
        }

        return largest;
    }

    /// <summary>Whether two lists of whole numbers are equal: 0 or the number of differing places.</summary>
    public static int Differing<T>(IReadOnlyList<T> expected, IReadOnlyList<T> actual)
        where T : IEquatable<T> =>
        Math.Abs(expected.Count - actual.Count) + expected.Zip(actual).Count(pair => !pair.First.Equals(pair.Second));
}
