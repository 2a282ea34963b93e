using System.Globalization;

namespace DpoLab.Compute.Downloads;

/// <summary>How often and after what pauses something is tried again.</summary>
internal sealed record RetryOptions
{
    /// <summary>Failures in a row without a byte between them.</summary>
    public int Most { get; init; } = 7;

    /// <summary>Doubled with each failure in a row.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A connection that is silent for so long is given up.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Pauses after failures that may pass, and gives up after too many in a row.</summary>
/// <param name="options">How often, how long.</param>
/// <param name="tell">Gets a line for people before each pause.</param>
internal sealed class Retries(RetryOptions options, Action<string> tell)
{
    private int failures;

    public RetryOptions Options => options;

    /// <summary>Something came: the failures before it do not count any more.</summary>
    public void Progressed() => failures = 0;

    /// <summary>Tries until it succeeds.</summary>
    /// <exception cref="DownloadException">Too many failures in a row.</exception>
    public async Task<T> TryAsync<T>(string what, Func<Task<T>> attempt, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (HubInterruption e)
            {
                await PauseAsync(what, e, cancellation);
            }
        }
    }

    /// <summary>Waits before the next try: as long as the hub asks, else twice as long each time.</summary>
    /// <exception cref="DownloadException">Too many failures in a row.</exception>
    public async Task PauseAsync(string what, HubInterruption why, CancellationToken cancellation)
    {
        if (++failures >= options.Most)
        {
            throw new DownloadException(
                $"{what}: {why.Message} {failures} times in a row. What has arrived is kept: retry when the network or the hub is back, and it goes on from there.", why);
        }

        var own = options.FirstPause * Math.Pow(2, failures - 1);
        var pause = why.RetryAfter is { } asked && asked > own ? asked : own;
        if (pause > options.LongestPause)
            pause = options.LongestPause;
        tell(string.Create(CultureInfo.InvariantCulture, $"{what}: {why.Message} Trying again in {pause.TotalSeconds:0.#} s."));
        await Task.Delay(pause, cancellation);
    }
}
