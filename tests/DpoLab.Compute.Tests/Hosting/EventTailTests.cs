using System.Diagnostics;
using DpoLab.Compute.Hosting;
using DpoLab.Compute.Runs;
using DpoLab.Contracts.Runs;
using EventLog = DpoLab.Compute.Runs.EventLog;

namespace DpoLab.Compute.Tests.Hosting;

public sealed class EventTailTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder folder = new();
    private readonly RunDirectory run;

    public EventTailTests()
    {
        run = new RunDirectory(folder.Combine("runs", "r-1"));
        Directory.CreateDirectory(run.FullPath);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4999)]
    [InlineData(5000)]
    public async Task Follow_FromAnyNumber_DeliversTheRestOnce(int after)
    {
        using (var log = EventLog.BeginAttempt(run))
            log.Append([.. Enumerable.Range(1, 5000).Select(i => new MetricEvent { Name = "loss", Step = i, Value = i })]);

        var seqs = await AllAsync(after);

        Assert.Equal(Enumerable.Range(after + 1, 5000 - after).Select(i => (long)i), seqs);
    }

    [Fact]
    public async Task Follow_LineLongerThanABatch_DeliversIt()
    {
        using (var log = EventLog.BeginAttempt(run))
            log.Append([new LogEvent { Message = new string('x', 1_500_000) }, new LogEvent { Message = "end" }]);

        Assert.Equal([1L, 2L], await AllAsync(0));
    }

    [Fact]
    public async Task Follow_TornLine_WaitsForItsEnd()
    {
        using (var log = EventLog.BeginAttempt(run))
            log.Append(new LogEvent { Message = "a" });
        using var stop = new CancellationTokenSource(Patience);
        await using var follow = new EventTail(run).FollowAsync(0, _ => false, stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await follow.MoveNextAsync());

        await File.AppendAllTextAsync(run.EventsPath, """{"type":"log","message":"b",""", stop.Token);
        var next = follow.MoveNextAsync().AsTask();
        Assert.NotSame(next, await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(300), stop.Token)));
        await File.AppendAllTextAsync(run.EventsPath, "\"seq\":2}\n", stop.Token);

        Assert.True(await next);
        Assert.Equal("b", Assert.IsType<LogEvent>(Assert.Single(follow.Current)).Message);
    }

    [Fact]
    public async Task Follow_TornLineOfAKilledWriter_DeliversWhatTheNextWrites()
    {
        using (var log = EventLog.BeginAttempt(run))
            log.Append(new LogEvent { Message = "a" });
        await File.AppendAllTextAsync(run.EventsPath, """{"type":"log","message":"never ended, and longer than what follows""", TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource(Patience);
        await using var follow = new EventTail(run).FollowAsync(0, _ => false, stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await follow.MoveNextAsync());
        var next = follow.MoveNextAsync();

        using (var log = EventLog.BeginAttempt(run))
            log.Append(new LogEvent { Message = "b" });

        Assert.True(await next);
        Assert.Equal("b", Assert.IsType<LogEvent>(Assert.Single(follow.Current)).Message);
    }

    [Fact]
    public async Task Follow_WhileWritten_DeliversSoon()
    {
        const int Count = 200;
        using var log = EventLog.BeginAttempt(run);
        using var stop = new CancellationTokenSource(Patience);
        var delays = new List<double>();
        var follower = Task.Run(async () =>
        {
            await foreach (var batch in new EventTail(run).FollowAsync(0, _ => false, stop.Token))
            {
                delays.AddRange(batch.Cast<MetricEvent>().Select(e => Stopwatch.GetElapsedTime((long)e.Value).TotalMilliseconds));
                if (delays.Count == Count)
                    return;
            }
        }, stop.Token);

        for (int i = 0; i < Count; i++)
        {
            log.Append(new MetricEvent { Name = "written at", Step = i, Value = Stopwatch.GetTimestamp() });
            await Task.Delay(5, stop.Token); // as a training does: one event after another, not one burst
        }

        await follower;
        delays.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine($"event written to delivered: median {delays[Count / 2]:F2} ms, p95 {delays[Count * 95 / 100]:F2} ms");
        Assert.InRange(delays[Count * 95 / 100], 0, 50);
    }

    private async Task<List<long>> AllAsync(long after)
    {
        using var stop = new CancellationTokenSource(Patience);
        var seqs = new List<long>();
        await foreach (var batch in new EventTail(run).FollowAsync(after, _ => true, stop.Token))
            seqs.AddRange(batch.Select(e => e.Seq));
        return seqs;
    }
}
