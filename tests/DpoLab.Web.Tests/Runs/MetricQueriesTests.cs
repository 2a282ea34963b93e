using System.Diagnostics;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Runs;

[Collection(nameof(MetricQueriesTests))]
public sealed class MetricQueriesTests
{
    private static double Value(long step) => Math.Sin(step / 500.0) + (step == 54_321 ? 9 : 0) - (step == 11_111 ? 7 : 0);

    [Fact]
    public async Task CurvesAsync_LongCurve_IsSummedUpAndKeepsItsExtremes()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await WithPointsAsync(lab, 100_000);

        Curve curve = Assert.Single(await lab.Metrics.CurvesAsync(id, ["loss"]));

        Assert.False(curve.Exact);
        Assert.Equal(100_000, curve.Stored);
        Assert.InRange(curve.Points.Count, 100, MetricQueries.MostPoints);
        Assert.Equal(Value(54_321), curve.Points.Max(p => p.High));
        Assert.Equal(Value(11_111), curve.Points.Min(p => p.Low));
        Assert.Equal(100_000, curve.Points.Sum(p => p.Count));
        Assert.Equal(100_000, curve.Points[^1].Step);
        double mean = Enumerable.Range(1, 100_000).Average(step => Value(step));
        Assert.Equal(mean, curve.Points.Sum(p => p.Value * p.Count) / 100_000, 9);
    }

    [Fact]
    public async Task CurvesAsync_ZoomedIn_IsExact()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await WithPointsAsync(lab, 20_000);

        Curve curve = Assert.Single(await lab.Metrics.CurvesAsync(id, ["loss"], 10_000, 10_499));

        Assert.True(curve.Exact);
        Assert.Equal(Enumerable.Range(10_000, 500).Select(step => Value(step)), curve.Points.Select(p => p.Value));
    }

    [Fact]
    public async Task CurvesAsync_SparseCurve_IsNotSummedUpForItsRangeOfSteps()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync();
        await lab.Ingest.StoreAsync(
            id, Events.Numbered(1, Enumerable.Range(1, 300).Select(i => (RunEvent)Events.Metric("validation/loss", i * 1000L, i))), TestLab.Token);

        Curve curve = Assert.Single(await lab.Metrics.CurvesAsync(id, ["validation/loss"]));

        Assert.True(curve.Exact);
        Assert.Equal(300, curve.Points.Count);
    }

    [Fact]
    public async Task ExportAsync_LongCurve_HoldsEveryPoint()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await WithPointsAsync(lab, 5_000);
        var points = new List<ExactPoint>();

        await lab.Metrics.ExportAsync(id, null, point =>
        {
            points.Add(point);
            return Task.CompletedTask;
        }, TestLab.Token);

        Assert.Equal(Enumerable.Range(1, 5_000).Select(step => new ExactPoint("loss", step, Value(step))), points);
    }

    /// <summary>Opening the page of a run: what its page asks for first. The ratio of two times on one machine, with room for its noise.</summary>
    [Fact]
    public async Task OpeningARun_HundredThousandPoints_TakesAsLongAsWithAHundred()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string small = await WithPointsAsync(lab, 100);
        string large = await WithPointsAsync(lab, 100_000);
        await OpenAsync(lab, small);
        await OpenAsync(lab, large);

        // turn and turn about, so that whatever else the machine does slows both
        double smallTime = double.MaxValue;
        double largeTime = double.MaxValue;
        for (int i = 0; i < 30; i++)
        {
            smallTime = Math.Min(smallTime, await TimeAsync(lab, small));
            largeTime = Math.Min(largeTime, await TimeAsync(lab, large));
        }

        TestContext.Current.SendDiagnosticMessage($"100 points: {smallTime:F2} ms, 100,000 points: {largeTime:F2} ms, ratio {largeTime / smallTime:F2}");
        Assert.True(largeTime < (3 * smallTime) + 5, $"100 points take {smallTime:F1} ms, 100,000 take {largeTime:F1} ms");
    }

    private static async Task<double> TimeAsync(TestLab lab, string id)
    {
        lab.Signals.Publish(Web.Live.Topics.Run(id));
        long begun = Stopwatch.GetTimestamp();
        await OpenAsync(lab, id);
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static async Task OpenAsync(TestLab lab, string id)
    {
        RunView run = await lab.RunAsync(id);
        await lab.Metrics.CurvesAsync(id, [.. run.Series.Select(s => s.Name)]);
        await lab.Runs.LogAsync(id, cancellationToken: TestLab.Token);
    }

    private static async Task<string> WithPointsAsync(TestLab lab, int count)
    {
        string id = await lab.SubmitAsync();
        IReadOnlyList<RunEvent> events = Events.Numbered(1, Enumerable.Range(1, count).Select(step => (RunEvent)Events.Metric("loss", step, Value(step))));
        foreach (RunEvent[] batch in events.Chunk(3_000))
            await lab.Ingest.StoreAsync(id, batch, TestLab.Token);
        return id;
    }
}

/// <summary>Times are measured here, so nothing else of these tests runs meanwhile.</summary>
[CollectionDefinition(nameof(MetricQueriesTests), DisableParallelization = true)]
public sealed class AloneCollection;
