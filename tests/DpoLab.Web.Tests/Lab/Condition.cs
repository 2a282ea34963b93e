namespace DpoLab.Web.Tests.Lab;

/// <summary>Waits for what no event announces.</summary>
internal static class Condition
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>Returns as soon as it holds.</summary>
    /// <exception cref="TimeoutException">It did not within 20 s.</exception>
    public static async Task HoldsAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Longest)
                throw new TimeoutException($"The condition did not hold within {Longest.TotalSeconds} s.");
            await timer.WaitForNextTickAsync(TestLab.Token);
        }
    }
}
