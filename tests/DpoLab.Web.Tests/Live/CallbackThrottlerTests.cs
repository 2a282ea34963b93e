using System.Collections.Concurrent;
using DpoLab.Web.Live;

namespace DpoLab.Web.Tests.Live;

public sealed class CallbackThrottlerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Signal_First_CallsAtOnce()
    {
        var called = new TaskCompletionSource();
        using var throttler = new CallbackThrottler(TimeSpan.FromHours(1), () =>
        {
            called.TrySetResult();
            return Task.CompletedTask;
        });

        throttler.Signal();

        await called.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Signal_Many_CallsAtMostOnceAnIntervalAndNeverDropsTheLast()
    {
        int given = 0;
        int seen = 0;
        var calls = new ConcurrentQueue<DateTime>();
        var last = new TaskCompletionSource();
        using var throttler = new CallbackThrottler(Interval, () =>
        {
            calls.Enqueue(DateTime.UtcNow);
            seen = Volatile.Read(ref given);
            if (seen == 2000)
                last.TrySetResult();
            return Task.CompletedTask;
        });

        for (int i = 1; i <= 2000; i++)
        {
            Volatile.Write(ref given, i);
            throttler.Signal();
            await Task.Yield();
        }

        await last.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(2000, seen);
        // timers may fire a little early
        Assert.All(calls.Zip(calls.Skip(1)), pair => Assert.True(pair.Second - pair.First > Interval * 0.7, $"{(pair.Second - pair.First).TotalMilliseconds} ms apart"));
    }

    [Fact]
    public async Task Signal_WhileTheCallbackRuns_CallsAgainAndNeverTwiceAtATime()
    {
        int running = 0;
        int calls = 0;
        var release = new SemaphoreSlim(0);
        var entered = new SemaphoreSlim(0);
        using var throttler = new CallbackThrottler(TimeSpan.Zero, async () =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            Interlocked.Increment(ref calls);
            entered.Release();
            await release.WaitAsync(CancellationToken.None);
            Interlocked.Decrement(ref running);
        });

        throttler.Signal();
        await entered.WaitAsync(TestContext.Current.CancellationToken);
        throttler.Signal();
        throttler.Signal();
        release.Release();
        await entered.WaitAsync(TestContext.Current.CancellationToken);
        release.Release();

        Assert.Equal(2, calls);
    }

    [Fact]
    public void Watch_Disposed_HearsNothingMore()
    {
        var signals = new LabSignals();
        int heard = 0;
        IDisposable subscription = signals.Subscribe(Topics.Run("a"), () => heard++);

        signals.Publish(Topics.Run("a"));
        signals.Publish(Topics.Run("b"));
        subscription.Dispose();
        signals.Publish(Topics.Run("a"));

        Assert.Equal(1, heard);
        Assert.Equal(2, signals.Version(Topics.Run("a")));
    }

    [Fact]
    public async Task GetAsync_FiftyReaders_ShareOneReadAChange()
    {
        var signals = new LabSignals();
        var cache = new SignalledCache(signals);
        int reads = 0;
        Task<int> ReadAsync() => cache.GetAsync(Topics.Run("a"), "key", async () =>
        {
            await Task.Yield();
            return Interlocked.Increment(ref reads);
        });

        int[] first = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ReadAsync()));
        signals.Publish(Topics.Run("a"));
        int[] second = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ReadAsync()));

        Assert.All(first, value => Assert.Equal(1, value));
        Assert.All(second, value => Assert.Equal(2, value));
    }
}
