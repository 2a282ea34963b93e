using DpoLab.Contracts.Results;

namespace DpoLab.Web.Charts;

/// <summary>The projection on the direction, layer by layer: base dashed, tuned solid, and the patched base dotted where it is known.</summary>
internal static class LayerProjectionFigure
{
    public static ChartFigure Of(
        IReadOnlyList<LayerProjection> layers, IReadOnlyList<double?>? patched = null, string axis = "Projection of mlp_out", string baseName = "base", string tunedName = "DPO")
    {
        var series = new List<ChartSeries> { Line(layers, baseName, "base", "base", l => l.Before, "ring") };
        if (patched is not null)
            series.Add(Line(layers, "patched", "patched", "patched", l => patched[l.Layer]!.Value, "disc"));
        series.Add(Line(layers, tunedName, "dpo", null, l => l.After, "disc"));
        return new ChartFigure { X = new ChartAxis { Title = "Layer", Format = ChartFormat.Count }, Y = new ChartAxis { Title = axis }, Series = series };
    }

    private static ChartSeries Line(IReadOnlyList<LayerProjection> layers, string name, string color, string? dash, Func<LayerProjection, double> value, string mark) => new()
    {
        Name = name,
        Form = "line",
        Color = color,
        Dash = dash,
        EndLabel = name,
        Mark = mark,
        Marked = layers.Count <= 12,
        X = [.. layers.Select(l => (object)l.Layer)],
        Y = [.. layers.Select(l => (object?)value(l))],
    };
}
