namespace DpoLab.Web.Charts;

/// <summary>A figure in the lab's words; wwwroot/js/charts.js draws it. Colours are names of tokens (<c>dpo</c>, <c>tp</c>).</summary>
public sealed record ChartFigure
{
    public required ChartAxis X { get; init; }

    public required ChartAxis Y { get; init; }

    public required IReadOnlyList<ChartSeries> Series { get; init; }

    public IReadOnlyList<ChartReference> References { get; init; } = [];

    public IReadOnlyList<ChartBand> Bands { get; init; } = [];

    public IReadOnlyList<ChartLabel> Labels { get; init; } = [];

    /// <summary>Vertical grid lines too: planes and bars that lie.</summary>
    public bool Grid { get; init; }

    /// <summary>Bars lie.</summary>
    public bool Sideways { get; init; }

    /// <summary>Dragging along the x axis zooms; a double click goes back.</summary>
    public bool Zoomable { get; init; }

    public bool Clickable { get; init; }

    /// <summary>Points carry their names (<see cref="ChartSeries.Labels"/>), placed where they cover the least.</summary>
    public bool Names { get; init; }

    /// <summary><c>overlay</c> or <c>relative</c> (stacked by sign).</summary>
    public string Barmode { get; init; } = "overlay";
}

/// <summary>How numbers on an axis are written.</summary>
public static class ChartFormat
{
    /// <summary>Whole numbers with commas.</summary>
    public const string Count = "count";

    /// <summary>Without a leading zero: toxicity, F1, cosine.</summary>
    public const string Fraction = "fraction";

    /// <summary>Shares of one as percent.</summary>
    public const string Percent = "percent";

    /// <summary>As fits.</summary>
    public const string Plain = "plain";
}

/// <summary>An axis. Without ends it follows what is drawn.</summary>
public sealed record ChartAxis
{
    public string? Title { get; init; }

    public string Format { get; init; } = ChartFormat.Plain;

    public bool Log { get; init; }

    public double? From { get; init; }

    public double? To { get; init; }

    /// <summary>Instead of numbers: one place a category, first at the top.</summary>
    public IReadOnlyList<ChartCategory>? Categories { get; init; }
}

/// <summary>A category at an axis.</summary>
/// <param name="Key">As in the series.</param>
/// <param name="Text">What it is called (may hold <c>b</c> and <c>br</c>).</param>
/// <param name="Mark">A sign before the name.</param>
/// <param name="Color">Colour token of the sign.</param>
public sealed record ChartCategory(string Key, string Text, string? Mark = null, string? Color = null);

/// <summary>A curve, points or bars.</summary>
public sealed record ChartSeries
{
    public required string Name { get; init; }

    /// <summary><c>line</c>, <c>marks</c> or <c>bars</c>.</summary>
    public required string Form { get; init; }

    public required string Color { get; init; }

    /// <summary>Numbers, or category keys.</summary>
    public required IReadOnlyList<object> X { get; init; }

    /// <summary>Numbers (null: a gap), or category keys.</summary>
    public required IReadOnlyList<object?> Y { get; init; }

    /// <summary>Lower ends: a band under a line, error bars at marks.</summary>
    public IReadOnlyList<double?>? Low { get; init; }

    public IReadOnlyList<double?>? High { get; init; }

    public IReadOnlyList<double>? XLow { get; init; }

    public IReadOnlyList<double>? XHigh { get; init; }

    /// <summary>How many stored points each one stands for; null: one.</summary>
    public IReadOnlyList<long>? Counts { get; init; }

    /// <summary>Factor of the exponential smoothing that is drawn thick over the points; null: none.</summary>
    public double? Smooth { get; init; }

    /// <summary><c>base</c>, <c>edited</c>, <c>patched</c>, <c>mark</c>; null: solid.</summary>
    public string? Dash { get; init; }

    public double? Width { get; init; }

    /// <summary>Points are marked on the line.</summary>
    public bool Marked { get; init; }

    /// <summary><c>disc</c>, <c>ring</c>, <c>square</c>, <c>diamond</c>, <c>up</c>, <c>down</c>.</summary>
    public string? Mark { get; init; }

    public double? Size { get; init; }

    /// <summary>The name at the line's end.</summary>
    public string? EndLabel { get; init; }

    /// <summary>Names beside points, where the figure has <see cref="ChartFigure.Names"/>.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Names set in bold.</summary>
    public bool Strong { get; init; }

    /// <summary>On hover (marks), or beside bars.</summary>
    public IReadOnlyList<string>? Text { get; init; }

    /// <summary>On hover over bars.</summary>
    public IReadOnlyList<string>? Hover { get; init; }

    /// <summary>A colour for each bar.</summary>
    public IReadOnlyList<string>? Colors { get; init; }

    /// <summary>Outlined bars: what moved against the reduction.</summary>
    public bool Hollow { get; init; }

    public double? BarWidth { get; init; }
}

/// <summary>A line across the figure with its name: ln 2, the base's toxicity, where gradients are clipped.</summary>
public sealed record ChartReference
{
    public required double Value { get; init; }

    public string? Label { get; init; }

    /// <summary><c>y</c>: lies; <c>x</c>: stands.</summary>
    public string Axis { get; init; } = "y";

    public string? Color { get; init; }

    /// <summary>The name stands under the line.</summary>
    public bool Below { get; init; }

    /// <summary>The name stands at the left.</summary>
    public bool Left { get; init; }

    /// <summary>The line ends at this x, and goes down from there to the axis.</summary>
    public double? Until { get; init; }

    /// <summary>The axis always reaches it.</summary>
    public bool Stretches { get; init; }
}

/// <summary>A shaded stretch: what is missing, an interval to compare with.</summary>
public sealed record ChartBand(double From, double To, string Axis = "y", string? Label = null, string? Color = null, double? Opacity = null);

/// <summary>Words in the figure.</summary>
public sealed record ChartLabel
{
    public required double X { get; init; }

    public required double Y { get; init; }

    public required string Text { get; init; }

    public bool Bold { get; init; }

    /// <summary><c>left</c>, <c>center</c>, <c>right</c>: which end of the words stands at the point.</summary>
    public string? Anchor { get; init; }

    /// <summary>Pixels to the right.</summary>
    public double? Dx { get; init; }

    /// <summary>Pixels down.</summary>
    public double? Dy { get; init; }

    /// <summary>X and Y are shares of the plot's width and height.</summary>
    public bool Paper { get; init; }
}
