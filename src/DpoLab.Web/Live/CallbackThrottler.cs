namespace DpoLab.Web.Live;

/// <summary>
/// Calls back at most once an interval: the first signal at once, later ones together at the interval's end, the last never dropped, and
/// never two calls at a time.
/// </summary>
public sealed class CallbackThrottler(TimeSpan interval, Func<Task> callback, TimeProvider? time = null) : IDisposable
{
    /// <summary>Ten renders a second.</summary>
    public static readonly TimeSpan RenderInterval = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly CancellationTokenSource ended = new();
    private readonly Lock state = new();
    private bool pending;
    private bool running;
    private long lastStart;
    private bool started;

    /// <summary>Asks for a call. Returns at once; exceptions of the callback end in its own task.</summary>
    public void Signal()
    {
        lock (state)
        {
            pending = true;
            if (running || ended.IsCancellationRequested)
                return;
            running = true;
        }

        _ = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (state)
        {
            ended.Cancel();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (Next() is { } delay)
            {
                if (delay > TimeSpan.Zero)
                    await Task.Delay(delay, time, ended.Token).ConfigureAwait(false);
                Begin();
                await callback().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // the circuit is gone: nothing is left to render
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>How long to wait before the next call; null: none is asked for.</summary>
    private TimeSpan? Next()
    {
        lock (state)
        {
            if (!pending || ended.IsCancellationRequested)
            {
                running = false;
                return null;
            }

            TimeSpan passed = started ? time.GetElapsedTime(lastStart) : interval;
            return passed >= interval ? TimeSpan.Zero : interval - passed;
        }
    }

    private void Begin()
    {
        lock (state)
        {
            pending = false;
            started = true;
            lastStart = time.GetTimestamp();
        }
    }

    private void Leave()
    {
        lock (state)
        {
            running = false;
        }
    }
}
