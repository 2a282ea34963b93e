namespace DpoLab.Compute.Search;

/// <summary>One thing that a search chooses, as a number.</summary>
/// <param name="Name">Unique in its space.</param>
public abstract record SearchDimension(string Name)
{
    /// <summary>A value from the prior: every value is as likely as any other.</summary>
    internal abstract double Draw(SeededRandom random);

    /// <summary>The Parzen estimate over observed values.</summary>
    internal abstract IDensity Estimate(IReadOnlyList<double> observed);
}

/// <summary>A real number.</summary>
/// <param name="Name">Unique in its space.</param>
/// <param name="Low">Least value.</param>
/// <param name="High">Greatest value, above it.</param>
/// <param name="Logarithmic">True: even in the logarithm, for which both ends are above 0.</param>
public sealed record RealDimension(string Name, double Low, double High, bool Logarithmic = false) : SearchDimension(Name)
{
    internal override double Draw(SeededRandom random) => From(To(Low) + (random.NextDouble() * (To(High) - To(Low))));

    internal override IDensity Estimate(IReadOnlyList<double> observed) => new Scaled(this, new ParzenDensity(To(Low), To(High), [.. observed.Select(To)]));

    private double To(double value) => Logarithmic ? Math.Log(value) : value;

    private double From(double place) => Math.Clamp(Logarithmic ? Math.Exp(place) : place, Low, High);

    private sealed record Scaled(RealDimension Dimension, ParzenDensity Density) : IDensity
    {
        public double Draw(SeededRandom random) => Dimension.From(Density.Draw(random));

        // the logarithm's own derivative is in both densities that are compared, and falls out of their ratio
        public double LogDensity(double value) => Math.Log(Density.At(Dimension.To(value)));
    }
}

/// <summary>A whole number.</summary>
/// <param name="Name">Unique in its space.</param>
/// <param name="Low">Least value.</param>
/// <param name="High">Greatest value.</param>
public sealed record IntegerDimension(string Name, int Low, int High) : SearchDimension(Name)
{
    internal override double Draw(SeededRandom random) => Low + random.Next(High - Low + 1);

    internal override IDensity Estimate(IReadOnlyList<double> observed) => new Rounded(this, new ParzenDensity(Low - 0.5, High + 0.5, observed));

    private sealed record Rounded(IntegerDimension Dimension, ParzenDensity Density) : IDensity
    {
        public double Draw(SeededRandom random) => Math.Clamp(Math.Round(Density.Draw(random)), Dimension.Low, Dimension.High);

        public double LogDensity(double value) => Math.Log(Density.Mass(value - 0.5, value + 0.5));
    }
}

/// <summary>One of a few things without an order.</summary>
/// <param name="Name">Unique in its space.</param>
/// <param name="Count">How many; values are 0 to this less 1.</param>
public sealed record ChoiceDimension(string Name, int Count) : SearchDimension(Name)
{
    internal override double Draw(SeededRandom random) => random.Next(Count);

    internal override IDensity Estimate(IReadOnlyList<double> observed)
    {
        // proportional to 1 + how often it was observed: the prior counts as each of them once
        double[] shares = new double[Count];
        Array.Fill(shares, 1.0 / (Count + observed.Count));
        foreach (double value in observed)
            shares[(int)value] += 1.0 / (Count + observed.Count);
        return new Shares(shares);
    }

    private sealed record Shares(double[] Of) : IDensity
    {
        public double Draw(SeededRandom random)
        {
            double rest = random.NextDouble();
            int value = 0;
            while (value < Of.Length - 1 && rest >= Of[value])
                rest -= Of[value++];
            return value;
        }

        public double LogDensity(double value) => Math.Log(Of[(int)value]);
    }
}

/// <summary>How likely values are.</summary>
internal interface IDensity
{
    double Draw(SeededRandom random);

    /// <summary>Up to a constant that is the same for every estimate of one dimension.</summary>
    double LogDensity(double value);
}
