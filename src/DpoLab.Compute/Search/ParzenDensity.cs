namespace DpoLab.Compute.Search;

/// <summary>
/// An adaptive Parzen estimate on an interval (Bergstra et al. 2011, section 4): the equally weighted mixture of the uniform prior and one
/// Gaussian at each observed value, cut to the interval. A Gaussian's standard deviation is the greater of the distances to its neighbours on
/// both sides, within (high − low)/min(100, 1 + n) and high − low; a value alone has the whole width.
/// </summary>
internal sealed class ParzenDensity
{
    private readonly double low;
    private readonly double high;
    private readonly (double Center, double Deviation, double Inside)[] kernels;

    /// <summary>Estimates.</summary>
    /// <param name="low">Lower end.</param>
    /// <param name="high">Upper end.</param>
    /// <param name="observed">Values in the interval; others are left out.</param>
    public ParzenDensity(double low, double high, IReadOnlyList<double> observed)
    {
        (this.low, this.high) = (low, high);
        double[] sorted = [.. observed.Where(value => value >= low && value <= high).Order()];
        double least = (high - low) / Math.Min(100, 1 + sorted.Length);
        kernels =
        [
            .. sorted.Select((center, i) =>
            {
                double left = i == 0 ? 0 : center - sorted[i - 1];
                double right = i + 1 == sorted.Length ? 0 : sorted[i + 1] - center;
                double deviation = sorted.Length == 1 ? high - low : Math.Clamp(Math.Max(left, right), least, high - low);
                double below = NormalDistribution.Below((low - center) / deviation);
                return (center, deviation, NormalDistribution.Below((high - center) / deviation) - below);
            }),
        ];
    }

    /// <summary>A value by this density.</summary>
    public double Draw(SeededRandom random)
    {
        int which = random.Next(kernels.Length + 1);
        if (which == kernels.Length)
            return low + (random.NextDouble() * (high - low));

        // at least a third of a kernel lies inside, so that few draws are thrown away
        while (true)
        {
            double value = kernels[which].Center + (kernels[which].Deviation * NormalDistribution.Draw(random));
            if (value >= low && value <= high)
                return value;
        }
    }

    /// <summary>The density at a value of the interval.</summary>
    public double At(double value)
    {
        double sum = 1 / (high - low);
        foreach (var (center, deviation, inside) in kernels)
            sum += NormalDistribution.Density((value - center) / deviation) / (deviation * inside);
        return sum / (kernels.Length + 1);
    }

    /// <summary>The probability of a part of the interval.</summary>
    public double Mass(double from, double to)
    {
        double sum = (to - from) / (high - low);
        foreach (var (center, deviation, inside) in kernels)
            sum += (NormalDistribution.Below((to - center) / deviation) - NormalDistribution.Below((from - center) / deviation)) / inside;
        return sum / (kernels.Length + 1);
    }
}
