namespace DpoLab.Benchmarks;

/// <summary>Something that is measured.</summary>
internal interface IFigure
{
    /// <summary>What <c>--filter</c> looks for.</summary>
    string Name { get; }

    /// <summary>Measures it on the model that all figures share.</summary>
    IEnumerable<FigureValue> Measure(BenchmarkModel model);
}

/// <summary>A measured ratio beside its goal.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Measured">The ratio.</param>
/// <param name="AtLeast">Whether the goal is a lower bound.</param>
/// <param name="Goal">The goal.</param>
/// <param name="Detail">What the ratio is made of, with units.</param>
internal sealed record FigureValue(string Name, double Measured, bool AtLeast, double Goal, string Detail)
{
    public bool Reached => AtLeast ? Measured >= Goal : Measured <= Goal;
}
