using DpoLab.Web.Runs;

namespace DpoLab.Web.Charts;

/// <summary>A curve and how it is drawn.</summary>
public sealed record LineCurve
{
    /// <summary>In legends and on hover.</summary>
    public required string Name { get; init; }

    /// <summary>A colour token.</summary>
    public required string Color { get; init; }

    /// <summary>Null: no point yet.</summary>
    public Curve? Curve { get; init; }

    /// <summary>Factor of the exponential smoothing; null: drawn as it is.</summary>
    public double? Smooth { get; init; }

    public double? Width { get; init; }

    public bool Marked { get; init; }

    /// <summary>A token of <see cref="ChartSeries.Dash"/>.</summary>
    public string? Dash { get; init; }

    /// <summary>The name at the line's end.</summary>
    public string? EndLabel { get; init; }

    /// <summary>What makes two curves look different apart from their points.</summary>
    internal string Look() => $"{Name};{Color};{Smooth};{Width};{Marked};{Dash};{EndLabel}";

    internal ChartSeries ToSeries()
    {
        var parts = CurveParts.Of(Curve?.Points ?? []);
        bool summed = Curve is { Exact: false };
        return new ChartSeries
        {
            Name = Name,
            Form = "line",
            Color = Color,
            X = [.. parts.X.Cast<object>()],
            Y = [.. parts.Y.Select(v => (object?)v)],
            Low = summed ? parts.Low : null,
            High = summed ? parts.High : null,
            Counts = summed ? parts.Counts : null,
            Smooth = Smooth,
            Width = Width,
            Marked = Marked,
            Dash = Dash,
            EndLabel = EndLabel,
        };
    }
}
