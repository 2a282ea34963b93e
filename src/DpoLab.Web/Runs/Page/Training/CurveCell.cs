using DpoLab.Web.Charts;

namespace DpoLab.Web.Runs;

/// <summary>One small chart among the figures of a training: which curves, and how.</summary>
public sealed record CurveCell
{
    public required string Title { get; init; }

    /// <summary>Definition and unit, on hover over the title.</summary>
    public required string Meaning { get; init; }

    /// <summary>At the right end of the cell's head.</summary>
    public string? Note { get; init; }

    /// <summary>The curve whose last value stands beside the title; null: none.</summary>
    public string? Headline { get; init; }

    public required IReadOnlyList<CurveStyle> Curves { get; init; }

    public string Format { get; init; } = ChartFormat.Plain;

    public double? From { get; init; }

    public double? To { get; init; }

    public IReadOnlyList<ChartReference> References { get; init; } = [];

    /// <summary>Instead of axes without points.</summary>
    public string Empty { get; init; } = "No point yet: the first comes at step 1";

    public IEnumerable<string> Names => Curves.Select(c => c.Metric);
}

/// <summary>A curve of a cell.</summary>
public sealed record CurveStyle(string Metric, string Name, string Color)
{
    /// <summary>Factor of the smoothing drawn over the points of each step.</summary>
    public double? Smooth { get; init; }

    public double? Width { get; init; }

    public string? Dash { get; init; }

    public string? EndLabel { get; init; }

    public bool Marked { get; init; }

    public LineCurve With(Curve? curve) => new()
    {
        Name = Name,
        Color = Color,
        Curve = curve,
        Smooth = Smooth,
        Width = Width,
        Dash = Dash,
        EndLabel = EndLabel,
        Marked = Marked,
    };
}
