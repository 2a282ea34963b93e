using Bunit;
using DpoLab.Web.Charts;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Tests.Charts;

public sealed class LineChartTests : BunitContext
{
    private readonly BunitJSModuleInterop charts;

    public LineChartTests()
    {
        charts = JSInterop.SetupModule("./js/charts.js");
        charts.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public void Lines_PointsCome_SendsTheirEndWithoutDrawingAnew()
    {
        IRenderedComponent<LineChart> chart = RenderLines(Lines(3));

        chart.Render(p => p.Add(c => c.Lines, Lines(5)));

        Assert.Single(charts.Invocations["draw"]);
        JSRuntimeInvocation tails = Assert.Single(charts.Invocations["tails"], i => ((IReadOnlyList<CurveTail>)i.Arguments[1]!).Count > 0);
        Assert.Equal([4, 5], Assert.Single((IReadOnlyList<CurveTail>)tails.Arguments[1]!).X);
        Assert.Empty(charts.Invocations["update"]);
    }

    [Fact]
    public void Lines_AnotherCurveIsAdded_DrawsTheFigureAgain()
    {
        IRenderedComponent<LineChart> chart = RenderLines(Lines(3));

        chart.Render(p => p.Add(c => c.Lines, [.. Lines(3), new LineCurve { Name = "validation", Color = "accent" }]));

        Assert.Single(charts.Invocations["update"]);
    }

    [Fact]
    public void Lines_NoPointYet_SaysSoInsideTheAxes()
    {
        IRenderedComponent<LineChart> chart = RenderLines([new LineCurve { Name = "training", Color = "dpo" }]);

        Assert.Equal("No point yet: the first comes at step 1", chart.Find(".says").TextContent);
    }

    [Fact]
    public async Task DisposeAsync_Chart_LetsGoOfItsDrawing()
    {
        RenderLines(Lines(2));

        await DisposeComponentsAsync();

        Assert.Single(charts.Invocations["release"]);
    }

    private IRenderedComponent<LineChart> RenderLines(IReadOnlyList<LineCurve> lines) =>
        Render<LineChart>(p => p.Add(c => c.Lines, lines).Add(c => c.Label, "Loss"));

    private static LineCurve[] Lines(int points) =>
    [
        new LineCurve
        {
            Name = "training",
            Color = "dpo",
            Curve = new Curve("train/loss", null, Exact: true, points, [.. Enumerable.Range(1, points).Select(s => new CurvePoint(s, 1.0 / s, 1.0 / s, 1.0 / s, 1))]),
        },
    ];
}
