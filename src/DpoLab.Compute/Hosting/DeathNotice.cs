using DpoLab.Compute.Runs;

namespace DpoLab.Compute.Hosting;

/// <summary>What is said for a process that is gone without a word.</summary>
internal static class DeathNotice
{
    private const int TailBytes = 4096;

    /// <summary>It will be started again.</summary>
    public static string Interrupted(RunDirectory run, ExitReport exit, int restart, int most) =>
        $"The run's process {exit.Words}.{LastWords(run, exit)} It is started again ({restart} of {most} times){GoesOn(run)}.";

    /// <summary>It will not be started again.</summary>
    public static string Failed(RunDirectory run, ExitReport exit, int starts) =>
        $"The run's process {exit.Words}, {starts} times in a row.{LastWords(run, exit)} "
        + (exit.Signal == 9 ? "Lower the batch size or the token limits, or use a device with more memory. " : "process.log says more. ")
        + $"Retry starts it again{GoesOn(run)}.";

    private static string GoesOn(RunDirectory run) =>
        CheckpointNote.Read(run) is { } note ? $" and goes on from the checkpoint at {note.Unit} {note.Step}" : ", from the beginning";

    /// <summary>The last line that it printed, where it ended by itself: native code prints there why it aborts.</summary>
    private static string LastWords(RunDirectory run, ExitReport exit)
    {
        if (exit.Signal is 9 or 15 || exit is { Signal: null, Code: null } || !File.Exists(run.ProcessLogPath))
            return "";
        using var stream = new FileStream(run.ProcessLogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(-Math.Min(TailBytes, stream.Length), SeekOrigin.End);
        using var reader = new StreamReader(stream);
        string? line = reader.ReadToEnd().Split('\n').LastOrDefault(l => !string.IsNullOrWhiteSpace(l));
        return line is null ? "" : $" Its last words: {line.Trim()}";
    }
}
