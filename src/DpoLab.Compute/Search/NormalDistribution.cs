namespace DpoLab.Compute.Search;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    /// <summary>Beyond so many deviations what is left is below the rounding of 1.</summary>
    private const double Far = 8.5;

    public static double Density(double z) => Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);

    /// <summary>The probability of less than z: ½ + φ(z)·Σ z^(2n+1)/(1·3·…·(2n+1)), whose terms all have one sign.</summary>
    public static double Below(double z)
    {
        if (Math.Abs(z) > Far)
            return z > 0 ? 1 : 0;
        double term = z;
        double sum = z;
        for (int odd = 3; Math.Abs(term) > Math.Abs(sum) * 1e-17; odd += 2)
        {
            term *= z * z / odd;
            sum += term;
        }

        return 0.5 + (Density(z) * sum);
    }

    /// <summary>Box and Muller's transform, one of the two values.</summary>
    public static double Draw(SeededRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
