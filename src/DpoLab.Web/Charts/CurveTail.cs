namespace DpoLab.Web.Charts;

/// <summary>From the index <see cref="From"/> on, a series' points are these.</summary>
public sealed record CurveTail
{
    /// <summary>Index of the series in its figure.</summary>
    public required int Series { get; init; }

    public required int From { get; init; }

    public required IReadOnlyList<double> X { get; init; }

    public required IReadOnlyList<double?> Y { get; init; }

    /// <summary>The points are all stored ones: a band that was drawn before goes.</summary>
    public required bool Exact { get; init; }

    public IReadOnlyList<double?>? Low { get; init; }

    public IReadOnlyList<double?>? High { get; init; }

    public IReadOnlyList<long>? Counts { get; init; }
}
