using DpoLab.Contracts.Runs;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Tests.Compute;

public sealed class RunIngestTests
{
    [Fact]
    public async Task StoreAsync_WholeRun_StoresStateProgressAndData()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync();

        await lab.Ingest.StoreAsync(id, Events.Numbered(
            1,
            Events.Started("load", "train"),
            Events.Progress("load", 1, 1, 0.1),
            Events.Progress("train", 5, 10, 0.5),
            Events.Metric("train/loss", 5, 0.25),
            new LogEvent { Message = "half" },
            Events.Row("base", 0.6),
            Events.Texts((0, " one", 0.9), (1, " two", 0.1)),
            new ArtifactEvent { Path = "direction.safetensors", Bytes = 12, Sha256 = "ab" }), TestLab.Token);
        RunView running = await lab.RunAsync(id);
        await lab.Ingest.StoreAsync(id, Events.Numbered(9, Events.Succeeded()), TestLab.Token);
        RunView done = await lab.RunAsync(id);

        Assert.Equal(RunState.Running, running.Status.State);
        Assert.Equal("train", running.Status.Stage);
        Assert.Equal(0.5, running.Status.Overall);
        Assert.Equal(Events.Time.AddSeconds(3 + 60), running.Status.ExpectedEnd);
        Assert.Equal([Events.Time.AddSeconds(3), null], running.Stages.Select(s => s.FinishedAt));
        Assert.Equal(0.25, Assert.Single(running.Series).LastValue);
        Assert.Equal("base", Assert.Single(running.Rows).Variant);
        Assert.Equal(2, running.TextCount);
        Assert.Equal("direction.safetensors", Assert.Single(running.Artifacts).Path);
        Assert.Equal(RunState.Succeeded, done.Status.State);
        Assert.NotNull(done.Result);
        Assert.All(done.Stages, s => Assert.NotNull(s.FinishedAt));
    }

    [Fact]
    public async Task StoreAsync_SameBatchTwice_ChangesNothing()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync();
        IReadOnlyList<RunEvent> batch = Events.Numbered(
            1, Events.Started("train"), new LogEvent { Message = "once" }, Events.Metric("loss", 1, 2), Events.Metric("loss", 2, 3), Events.Row("base", 0.5));

        await lab.Ingest.StoreAsync(id, batch, TestLab.Token);
        string first = await SnapshotAsync(lab, id);
        long last = await lab.Ingest.StoreAsync(id, batch, TestLab.Token);

        Assert.Equal(5, last);
        Assert.Equal(first, await SnapshotAsync(lab, id));
    }

    [Fact]
    public async Task StoreAsync_BatchThatOverlapsTheLast_StoresOnlyWhatIsNew()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync();
        IReadOnlyList<RunEvent> all = Events.Numbered(1, [Events.Started("train"), .. Enumerable.Range(0, 20).Select(i => new LogEvent { Message = $"line {i}" })]);

        await lab.Ingest.StoreAsync(id, [.. all.Take(12)], TestLab.Token);
        await lab.Ingest.StoreAsync(id, [.. all.Skip(7)], TestLab.Token);

        IReadOnlyList<LogLine> lines = await lab.Runs.LogAsync(id, cancellationToken: TestLab.Token);
        Assert.Equal(Enumerable.Range(1, 21).Select(i => (long)i), lines.Select(l => l.Seq));
    }

    [Fact]
    public async Task StoreAsync_EventMissing_IsRefusedAndStoresNothing()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync();
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("train")), TestLab.Token);
        string before = await SnapshotAsync(lab, id);

        await Assert.ThrowsAsync<EventGapException>(() => lab.Ingest.StoreAsync(id, Events.Numbered(3, Events.Metric("loss", 1, 1)), TestLab.Token));
        IReadOnlyList<RunEvent> shuffled = [.. Events.Numbered(2, Events.Metric("loss", 1, 1), Events.Metric("loss", 2, 1)).Reverse()];
        await Assert.ThrowsAsync<EventGapException>(() => lab.Ingest.StoreAsync(id, shuffled, TestLab.Token));

        Assert.Equal(before, await SnapshotAsync(lab, id));
    }

    [Fact]
    public async Task StoreAsync_FailureWithinABatch_LeavesNothingOfItBehind()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync();
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("train")), TestLab.Token);
        string before = await SnapshotAsync(lab, id);

        // the database refuses a line without a message, after points and rows of the same batch were written
        await Assert.ThrowsAnyAsync<Exception>(() => lab.Ingest.StoreAsync(
            id, Events.Numbered(2, Events.Metric("loss", 1, 1), Events.Row("base", 0.5), new LogEvent { Message = null! }), TestLab.Token));
        Assert.Equal(before, await SnapshotAsync(lab, id));

        long last = await lab.Ingest.StoreAsync(id, Events.Numbered(2, Events.Metric("loss", 1, 1), Events.Row("base", 0.5)), TestLab.Token);
        Assert.Equal(3, last);
        Assert.Single((await lab.RunAsync(id)).Rows);
    }

    [Fact]
    public async Task StoreAsync_TrainingResumedFromItsCheckpoint_OverwritesTheRepeatedSteps()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string interrupted = await lab.SubmitAsync();
        string smooth = await lab.SubmitAsync();
        RunEvent[] first = [Events.Started("train"), .. Enumerable.Range(1, 70).Select(step => Events.Metric("loss", step, 1.0 / step))];
        RunEvent[] again =
        [
            new InterruptedEvent { Reason = "killed" }, Events.Started("train") with { ResumedFromStep = 50 },
            .. Enumerable.Range(51, 50).Select(step => Events.Metric("loss", step, 1.0 / step)),
        ];

        await lab.Ingest.StoreAsync(interrupted, Events.Numbered(1, [.. first, .. again]), TestLab.Token);
        await lab.Ingest.StoreAsync(
            smooth, Events.Numbered(1, [Events.Started("train"), .. Enumerable.Range(1, 100).Select(step => Events.Metric("loss", step, 1.0 / step))]), TestLab.Token);

        Assert.Equal(await PointsAsync(lab, smooth), await PointsAsync(lab, interrupted));
        Assert.Equal(await BucketsAsync(lab, smooth), await BucketsAsync(lab, interrupted));
        Assert.Equal(100, Assert.Single((await lab.RunAsync(interrupted)).Series).Count);
        Assert.Equal(1, (await lab.RunAsync(interrupted)).Interruptions);
    }

    [Fact]
    public async Task StoreAsync_ValueThatIsNoNumber_IsKeptAsMissing()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync();

        await lab.Ingest.StoreAsync(
            id, Events.Numbered(1, Events.Metric("loss", 1, 1), Events.Metric("loss", 2, double.NaN), Events.Metric("loss", 3, double.PositiveInfinity)), TestLab.Token);

        Curve curve = Assert.Single(await lab.Metrics.CurvesAsync(id, ["loss"]));
        Assert.Equal([1, double.NaN, double.NaN], curve.Points.Select(p => p.Value));
    }

    private static Task<string> PointsAsync(TestLab lab, string id) => lab.Database.ReadAsync(async db => string.Join('\n', (await db.MetricPoints
        .Join(db.MetricSeries.Where(s => s.RunId == id), p => p.SeriesId, s => s.Id, (p, s) => new { s.Name, p.Step, p.Value })
        .OrderBy(p => p.Step).ToListAsync(TestLab.Token)).Select(p => p.ToString())), TestLab.Token);

    private static Task<string> BucketsAsync(TestLab lab, string id) => lab.Database.ReadAsync(async db => string.Join('\n', (await db.MetricBuckets
        .Join(db.MetricSeries.Where(s => s.RunId == id), b => b.SeriesId, s => s.Id, (b, s) => new { b.Level, b.Bucket, b.Count, b.First, b.Last, b.Least, b.Greatest, b.Sum })
        .OrderBy(b => b.Level).ThenBy(b => b.Bucket).ToListAsync(TestLab.Token)).Select(b => b.ToString())), TestLab.Token);

    /// <summary>Everything that is stored of a run.</summary>
    private static async Task<string> SnapshotAsync(TestLab lab, string id)
    {
        string rest = await lab.Database.ReadAsync(async db => System.Text.Json.JsonSerializer.Serialize(new
        {
            Run = await db.Runs.FirstAsync(r => r.Id == id, TestLab.Token),
            Stages = await db.RunStages.Where(s => s.RunId == id).ToListAsync(TestLab.Token),
            Lines = await db.LogLines.Where(s => s.RunId == id).ToListAsync(TestLab.Token),
            Rows = await db.EvaluationRows.Where(s => s.RunId == id).ToListAsync(TestLab.Token),
            Series = await db.MetricSeries.Where(s => s.RunId == id).ToListAsync(TestLab.Token),
        }), TestLab.Token);
        return rest + await PointsAsync(lab, id) + await BucketsAsync(lab, id);
    }
}
