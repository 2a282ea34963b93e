namespace DpoLab.Compute.Downloads;

/// <summary>Something cannot be fetched from the hub. The message says what, from where and what to do; it never holds a token or a signed address.</summary>
internal sealed class DownloadException(string message, Exception? cause = null) : InputException(Sentence(message), cause)
{
    /// <summary>Messages that begin with “the model …” begin a sentence.</summary>
    private static string Sentence(string message) => message.StartsWith("the ", StringComparison.Ordinal) ? "T" + message[1..] : message;
}

/// <summary>The network or the hub failed in a way that may pass: the request is worth another try.</summary>
internal sealed class HubInterruption(string what, TimeSpan? retryAfter = null, Exception? cause = null) : Exception(what, cause)
{
    /// <summary>What the hub asks to wait; null: it says nothing.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
