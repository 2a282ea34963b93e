using System.Runtime.InteropServices;

namespace DpoLab.Compute.Runs;

/// <summary>Turns an exception into words that a person can act on.</summary>
internal static class FailureReason
{
    private const int NoSpaceLeft = 28;

    /// <summary>What happened, where, and what to do.</summary>
    public static string Of(Exception exception, RunDirectory run) => exception switch
    {
        _ when IsOutOfMemory(exception) =>
            $"Out of memory: {FirstLine(exception)} Lower the batch size or the token limits, or run on a device with more memory.",
        _ when IsDiskFull(exception) =>
            $"The disk that holds {run.DataPath} is full. Free space there (old runs' artifacts and checkpoints are the biggest), then retry.",
        _ when exception.GetType().Assembly == typeof(FailureReason).Assembly => exception.Message, // the lab's own are written for people
        ArgumentException { ParamName: { } name } => exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
        InvalidDataException or FileNotFoundException or DirectoryNotFoundException or ArgumentException or NotSupportedException or ArithmeticException
            => exception.Message,
        UnauthorizedAccessException => $"{exception.Message} Give the user that the compute service runs as access to it.",
        IOException => $"{exception.Message} (reading or writing failed; the disk or the network share may be gone). Retry when it is back.",
        _ => $"Unexpected: {exception.GetType().Name}: {FirstLine(exception)} This is a fault of the lab, not of your settings; "
            + "process.log holds the details for whoever mends it.",
    };

    private static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException
        || (exception is ExternalException
            && (exception.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
                || exception.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)));

    private static bool IsDiskFull(Exception exception) =>
        (exception is IOException && exception.HResult == NoSpaceLeft)
        || exception.Message.Contains("No space left on device", StringComparison.OrdinalIgnoreCase)
        || (exception.InnerException is { } inner && IsDiskFull(inner));

    /// <summary>Native exceptions carry pages of stack behind their first line.</summary>
    private static string FirstLine(Exception exception) => exception.Message.Split('\n', 2)[0].Trim();
}
