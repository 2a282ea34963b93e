using System.Diagnostics;

namespace DpoLab.EndToEnd.Tests.Lab;

/// <summary>Waits for conditions that no event announces (a file, another process), and says which one did not come.</summary>
internal static class Wait
{
    /// <summary>Looks ten times a second until <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within <paramref name="limit"/>.</exception>
    public static Task UntilAsync(Func<bool> condition, TimeSpan limit, string what, CancellationToken cancellationToken) =>
        UntilAsync(() => Task.FromResult(condition()), limit, what, cancellationToken);

    /// <inheritdoc cref="UntilAsync(Func{bool}, TimeSpan, string, CancellationToken)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan limit, string what, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
        {
            if (clock.Elapsed > limit)
                throw new TimeoutException($"Within {limit.TotalSeconds:0} s it did not come true that {what}.");
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }
}
