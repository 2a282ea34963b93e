using DpoLab.Compute.Hosting;
using DpoLab.Compute.Runs;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Tests.Runs;

public sealed class EventLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RunDirectory run;

    public EventLogTests()
    {
        run = new RunDirectory(folder.Combine("runs", "r-1"));
        Directory.CreateDirectory(run.FullPath);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Append_OverTwoAttempts_CountsWithoutGaps()
    {
        using (var first = EventLog.BeginAttempt(run))
            first.Append([Line("a"), Line("b")]);
        using (var second = EventLog.BeginAttempt(run))
            second.Append(Line("c"));

        Assert.Equal([(1, 1, "a"), (2, 1, "b"), (3, 2, "c")], Read().Select(e => (e.Seq, e.Attempt, e.Message)));
    }

    [Fact]
    public void BeginAttempt_AfterEventOfANewerVersion_KeepsIt()
    {
        using (var first = EventLog.BeginAttempt(run))
            first.Append(Line("a"));
        File.AppendAllText(run.EventsPath, """{"type":"log","message":"newer","seq":2,"attempt":1,"time":"2030-01-01T00:00:00+00:00","colour":"red"}""" + "\n");
        using (var second = EventLog.BeginAttempt(run))
            second.Append(Line("c"));

        Assert.Equal(["a", "newer", "c"], Read().Select(e => e.Message));
    }

    [Theory]
    [InlineData("{\"type\":\"log\",\"mess")]
    [InlineData("{\"type\":\"log\",\"message\":\"whole, but without its end\",\"seq\":3}")]
    [InlineData("\0\0\0\0\0\0\n")]
    [InlineData("{\"type\":\"log\"\nxx")]
    public void BeginAttempt_AfterTornLine_CutsItOff(string torn)
    {
        using (var first = EventLog.BeginAttempt(run))
            first.Append([Line("a"), Line("b")]);
        File.AppendAllText(run.EventsPath, torn);

        using (var second = EventLog.BeginAttempt(run))
            second.Append(Line("c"));

        Assert.Equal([(1, "a"), (2, "b"), (3, "c")], Read().Select(e => (e.Seq, e.Message)));
    }

    [Fact]
    public void BeginAttempt_OnlyTornLine_StartsAtOne()
    {
        File.WriteAllText(run.EventsPath, "{\"type\":");

        using (var log = EventLog.BeginAttempt(run))
            log.Append(Line("a"));

        Assert.Equal([(1L, "a")], Read().Select(e => (e.Seq, e.Message)));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(65_000)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    public void ReadLast_LinesOfAnyLength_FindsTheLast(int length)
    {
        using (var log = EventLog.BeginAttempt(run))
            log.Append([Line(new string('x', length)), Line(new string('y', length))]);

        Assert.Equal(new string('y', length), ((LogEvent)EventLog.ReadLast(run)!).Message);
    }

    [Fact]
    public void Append_NewerAttemptHasBegun_WritesNothing()
    {
        using var old = EventLog.BeginAttempt(run);
        old.Append(Line("old"));
        using var newer = EventLog.BeginAttempt(run);
        newer.Append(Line("newer"));
        long length = new FileInfo(run.EventsPath).Length;

        Assert.Throws<AttemptSupersededException>(() => old.Append(Line("late")));

        Assert.Equal(length, new FileInfo(run.EventsPath).Length);
        newer.Append(Line("goes on"));
        Assert.Equal([1L, 2L, 3L], Read().Select(e => e.Seq));
    }

    [Fact]
    public void Append_AfterTheSupervisorSpoke_WritesNothing()
    {
        using var process = EventLog.BeginAttempt(run);
        using (var supervisor = EventLog.CloseAttempt(run))
            supervisor.Append(new InterruptedEvent { Reason = "gone" });

        Assert.Throws<AttemptSupersededException>(() => process.Append(Line("late")));
    }

    [Fact]
    public async Task Append_AttemptsThatOverlap_LeaveWholeNumberedLines()
    {
        // each writer appends until a newer one has begun, as two copies of a run on a cluster do
        var writers = Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            using var log = EventLog.BeginAttempt(run);
            for (int i = 0; i < 200; i++)
            {
                try
                {
                    log.Append(Line(new string('z', i)));
                }
                catch (AttemptSupersededException)
                {
                    return;
                }
            }
        }, TestContext.Current.CancellationToken));
        await Task.WhenAll(writers);

        var events = Read();
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Seq));
        Assert.Equal(6, events[^1].Attempt);
        Assert.Equal(events.OrderBy(e => e.Attempt).Select(e => e.Seq), events.Select(e => e.Seq));
    }

    [Fact]
    public async Task Follow_LogWithAGap_SaysWhichLine()
    {
        using (var log = EventLog.BeginAttempt(run))
            log.Append([Line("a"), Line("b"), Line("c")]);
        string[] lines = await File.ReadAllLinesAsync(run.EventsPath, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(run.EventsPath, [lines[0], lines[2]], TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var _ in new EventTail(run).FollowAsync(0, _ => true, TestContext.Current.CancellationToken))
            {
            }
        });
        Assert.Contains("line 2 is not event 2", error.Message, StringComparison.Ordinal);
    }

    private static LogEvent Line(string message) => new() { Message = message };

    private List<LogEvent> Read() =>
        [.. File.ReadAllLines(run.EventsPath).Select(l => (LogEvent)EventLines.TryRead(System.Text.Encoding.UTF8.GetBytes(l))!)];
}
