using DpoLab.Web.Charts;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs;

/// <summary>Small charts of a run's curves. One query a change serves all charts of all viewers; a zoomed chart asks for its own range.</summary>
public sealed partial class CurveCells
{
    private IReadOnlyList<CellView> views = [];
    private IReadOnlyList<SeriesSummary>? drawn;
    private IReadOnlyList<CurveCell>? built;

    [Inject]
    private MetricQueries Metrics { get; set; } = null!;

    [Parameter, EditorRequired]
    public string RunId { get; set; } = "";

    /// <summary>The run's curves as of now: when they change, points are fetched.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<SeriesSummary> Series { get; set; } = [];

    [Parameter, EditorRequired]
    public IReadOnlyList<CurveCell> Cells { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (drawn is not null && built?.Count == Cells.Count && drawn.SequenceEqual(Series))
            return;
        drawn = Series;
        built = Cells;
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        IReadOnlyList<Curve> curves = await Metrics.CurvesAsync(RunId, [.. Cells.SelectMany(c => c.Names).Distinct(StringComparer.Ordinal)]);
        var byTitle = views.ToDictionary(v => v.Cell.Title, StringComparer.Ordinal);
        var now = new List<CellView>(Cells.Count);
        foreach (CurveCell cell in Cells)
        {
            CellView? before = byTitle.GetValueOrDefault(cell.Title);
            IReadOnlyList<Curve> shown = before is { Zoomed: true } ? await RangeAsync(cell, before.From!.Value, before.To!.Value) : curves;
            now.Add(new CellView(cell, Lines(cell, shown), Headline(cell), before?.From, before?.To, shown.Where(c => cell.Names.Contains(c.Name)).All(c => c.Exact)));
        }

        views = now;
    }

    private async Task ZoomAsync(CellView cell, (double? From, double? To) range)
    {
        views = [.. views.Select(v => v.Cell.Title == cell.Cell.Title ? v with { From = range.From, To = range.To } : v)];
        await ReadAsync();
    }

    private Task<IReadOnlyList<Curve>> RangeAsync(CurveCell cell, double from, double to) =>
        Metrics.CurvesAsync(RunId, [.. cell.Names], (long)Math.Floor(from), (long)Math.Ceiling(to));

    private static IReadOnlyList<LineCurve> Lines(CurveCell cell, IReadOnlyList<Curve> curves) =>
        [.. cell.Curves.Select(style => style.With(curves.FirstOrDefault(c => c.Name == style.Metric)))];

    private string? Headline(CurveCell cell) => Series.FirstOrDefault(s => s.Name == cell.Headline)?.LastValue switch
    {
        null => null,
        { } value when cell.Format == ChartFormat.Percent => Numbers.Percent(value, 1),
        { } value => Numbers.Short(value),
    };

    private sealed record CellView(CurveCell Cell, IReadOnlyList<LineCurve> Lines, string? Headline, double? From, double? To, bool Exact)
    {
        public bool Zoomed => From is not null && To is not null;
    }
}
