using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Neurons;

/// <summary>By how many percent the mean activations changed, without the tails that division by nearly nothing makes (science.md, section 5).</summary>
public static class ActivationChanges
{
    /// <summary>
    /// (before − after)/before·100 of all neurons, then of each group's lowered ones, each within the 10 % and 90 % quantiles over all neurons,
    /// ends included.
    /// </summary>
    public static IReadOnlyList<ActivationChange> Of(NeuronStatistics statistics, byte[] codes)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(codes);
        var percent = new double[statistics.Count];
        for (int i = 0; i < percent.Length; i++)
            percent[i] = -statistics.ActivationChange(i) / statistics.ActivationBefore[i] * 100;
        double[] sorted = [.. percent.Where(double.IsFinite)];
        Array.Sort(sorted);
        double low = SampleStatistics.Quantile(sorted, 0.1);
        double high = SampleStatistics.Quantile(sorted, 0.9);

        ActivationChange Within(NeuronGroup? group)
        {
            double[] values =
            [
                .. Enumerable.Range(0, percent.Length)
                    .Where(i => group is null || NeuronArrays.GroupOf(codes[i]) == group)
                    .Select(i => percent[i])
                    .Where(p => p >= low && p <= high),
            ];
            var (mean, deviation) = SampleStatistics.MeanAndDeviation(values);
            return new ActivationChange(group, mean, deviation, low, high, values.Length);
        }

        return [Within(null), .. NeuronGroups.All.Select(group => Within(group))];
    }
}
