using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Neurons;

/// <summary>The share of Σ reduction that the strongest neurons reach (science.md, section 5; the papers' 50/75/99 % marks).</summary>
public static class CumulativeCurve
{
    /// <summary>Points kept for drawing, besides the marks.</summary>
    public const int MaximumPoints = 400;

    /// <summary>The shares whose neuron counts are marked.</summary>
    public static IReadOnlyList<double> MarkedShares { get; } = [0.5, 0.75, 0.99];

    /// <summary>The curve over reductions in falling order, thinned to log-spaced numbers of neurons; the marks are exact.</summary>
    /// <param name="reductions">−Δproj of the lowered neurons of the four groups, largest first.</param>
    public static CumulativeReduction Of(IReadOnlyList<double> reductions)
    {
        ArgumentNullException.ThrowIfNull(reductions);
        if (reductions.Count == 0)
            return new CumulativeReduction { Neurons = [], Share = [], Marks = [0, 0, 0] };

        var sums = new double[reductions.Count];
        double sum = 0;
        for (int i = 0; i < sums.Length; i++)
            sums[i] = sum += reductions[i];
        int[] marks = [.. MarkedShares.Select(share => Array.FindIndex(sums, s => s >= share * sum) + 1)];
        int[] neurons = [.. LogSpaced(sums.Length).Concat(marks).Distinct().Order()];
        return new CumulativeReduction
        {
            Neurons = neurons,
            Share = [.. neurons.Select(n => sums[n - 1] / sum)],
            Marks = marks,
        };
    }

    private static IEnumerable<int> LogSpaced(int count)
    {
        if (count <= MaximumPoints)
            return Enumerable.Range(1, count);
        double step = Math.Log(count) / (MaximumPoints - 1);
        return Enumerable.Range(0, MaximumPoints).Select(i => Math.Clamp((int)Math.Round(Math.Exp(i * step)), 1, count));
    }
}
