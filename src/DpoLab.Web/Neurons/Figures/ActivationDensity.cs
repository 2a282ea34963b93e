using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Neurons;

/// <summary>How the mean activations of a group's lowered neurons changed: a smoothed histogram over the middle of the range.</summary>
/// <param name="Group">Which.</param>
/// <param name="Count">Its chosen, lowered neurons.</param>
/// <param name="Outside">Of them, beyond the ends of <paramref name="Change"/>.</param>
/// <param name="Change">After − before, evenly spaced.</param>
/// <param name="Density">The area under the curve is the share that lies within the ends.</param>
public sealed record ActivationDensity(NeuronGroup Group, int Count, int Outside, IReadOnlyList<double> Change, IReadOnlyList<double> Density)
{
    private const int Bins = 400;

    /// <summary>Share of neurons cut off at either end: a handful of far ones would flatten the rest.</summary>
    private const double Tail = 0.01;

    /// <summary>One curve for each group that has at least two of the chosen neurons. Gaussian kernel, Silverman's width.</summary>
    public static IReadOnlyList<ActivationDensity> Of(ChosenNeurons chosen)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        NeuronTable table = chosen.Table;
        double[] changes = table[NeuronColumn.ActivationChange];
        var groups = Enum.GetValues<NeuronGroup>().ToDictionary(g => g, _ => new List<double>());
        foreach (int i in chosen.Flat)
        {
            if (table.GroupOf(i) is { } group && double.IsFinite(changes[i]))
                groups[group].Add(changes[i]);
        }

        double[] all = [.. groups.Values.SelectMany(v => v)];
        if (all.Length < 2)
            return [];
        Array.Sort(all);
        double low = all[(int)(Tail * (all.Length - 1))];
        double high = all[(int)Math.Ceiling((1 - Tail) * (all.Length - 1))];
        return high > low ? [.. groups.Where(g => g.Value.Count > 1).Select(g => Smoothed(g.Key, g.Value, low, high))] : [];
    }

    private static ActivationDensity Smoothed(NeuronGroup group, List<double> values, double low, double high)
    {
        double step = (high - low) / (Bins - 1);
        var counts = new double[Bins];
        int outside = 0;
        foreach (double value in values)
        {
            if (value < low || value > high)
                outside++;
            else
                counts[(int)Math.Round((value - low) / step)]++;
        }

        double width = Math.Max(1, Width(values, low, high) / step); // in bins
        int reach = (int)Math.Ceiling(3 * width);
        double[] kernel = [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(d => Math.Exp(-d * d / (2 * width * width)))];
        double unit = kernel.Sum() * values.Count * step;
        var density = new double[Bins];
        for (int at = 0; at < Bins; at++)
        {
            for (int d = Math.Max(-reach, -at); d <= Math.Min(reach, Bins - 1 - at); d++)
                density[at] += counts[at + d] * kernel[d + reach] / unit;
        }

        return new ActivationDensity(group, values.Count, outside, [.. Enumerable.Range(0, Bins).Select(i => low + (i * step))], density);
    }

    /// <summary>Silverman's rule of thumb over what lies within the ends.</summary>
    private static double Width(List<double> values, double low, double high)
    {
        double[] within = [.. values.Where(v => v >= low && v <= high).Order()];
        if (within.Length < 2)
            return 0;
        double mean = within.Average();
        double deviation = Math.Sqrt(within.Sum(v => (v - mean) * (v - mean)) / (within.Length - 1));
        double quartiles = within[within.Length * 3 / 4] - within[within.Length / 4];
        double spread = quartiles > 0 ? Math.Min(deviation, quartiles / 1.34) : deviation;
        return 0.9 * spread * Math.Pow(within.Length, -0.2);
    }
}
