using DpoLab.Web.Runs;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Charts;

/// <summary>Curves over steps: the points thin and a smoothed line over them, bands, reference lines, zoom along the steps.</summary>
public sealed partial class LineChart
{
    private Chart? chart;
    private ChartFigure figure = null!;
    private IReadOnlyList<LineCurve>? lines;
    private IReadOnlyList<Curve?> shown = [];
    private string? look;

    /// <summary>The curves, in the order in which they are drawn.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<LineCurve> Lines { get; set; } = [];

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>One of <see cref="ChartFormat"/>, for y.</summary>
    [Parameter]
    public string Format { get; set; } = ChartFormat.Plain;

    [Parameter]
    public double? From { get; set; }

    [Parameter]
    public double? To { get; set; }

    [Parameter]
    public IReadOnlyList<ChartReference> References { get; set; } = [];

    [Parameter]
    public int Height { get; set; } = 176;

    /// <summary>One sentence inside the axes while there is no point.</summary>
    [Parameter]
    public string Empty { get; set; } = "No point yet: the first comes at step 1";

    /// <summary>Steps that are shown now, so that exact points can be fetched; both null: all.</summary>
    [Parameter]
    public EventCallback<(double? From, double? To)> Zoomed { get; set; }

    private string? Says => Lines.Any(l => l.Curve is { Points.Count: > 0 }) ? null : Empty;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(lines, Lines))
            return;
        lines = Lines;
        // the look of the lines decides; new points of the same lines go as tails, after the render
        string now = string.Join('|', Lines.Select(l => l.Look())) + Format + From + To + string.Join('|', References);
        if (now == look && chart is not null)
            return;
        look = now;
        shown = [.. Lines.Select(l => l.Curve)];
        figure = new ChartFigure
        {
            X = new ChartAxis { Format = ChartFormat.Count },
            Y = new ChartAxis { Format = Format, From = From, To = To },
            Series = [.. Lines.Select(l => l.ToSeries())],
            References = References,
            Zoomable = true,
        };
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender || chart is null)
            return;
        IReadOnlyList<Curve?> now = [.. Lines.Select(l => l.Curve)];
        if (now.Count != shown.Count)
            return;
        IReadOnlyList<CurveTail> tails = CurveTails.Between(shown, now);
        shown = now;
        await chart.ExtendAsync(tails);
    }
}
