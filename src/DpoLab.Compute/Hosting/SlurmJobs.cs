using System.Globalization;
using System.Text.RegularExpressions;

namespace DpoLab.Compute.Hosting;

/// <summary>The jobs of this user, asked for at most once a second however many runs wait.</summary>
internal static partial class SlurmJobs
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly Lock Gate = new();
    private static HashSet<string> active = new(StringComparer.Ordinal);
    private static long asked;

    /// <summary>True while a job waits or runs. A controller that does not answer changes nothing: the job is taken to be there.</summary>
    public static bool IsActive(string id)
    {
        lock (Gate)
        {
            if (asked == 0 || TimeProvider.System.GetElapsedTime(asked) > Fresh || !active.Contains(id))
            {
                var answer = SlurmCommand.Run("squeue", ["--noheader", "--me", "--format=%A %T"]);
                if (!answer.Succeeded)
                    return true;
                active = [.. answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
                asked = TimeProvider.System.GetTimestamp();
            }

            return active.Contains(id);
        }
    }

    /// <summary>How a job ended, as long as the controller remembers it; afterwards the run's directory is what tells.</summary>
    public static ExitReport ExitOf(string id)
    {
        var answer = SlurmCommand.Run("scontrol", ["show", "job", id]);
        if (!answer.Succeeded)
            return ExitReport.Unknown;
        string state = StatePattern().Match(answer.Output).Groups["state"].Value;
        var exit = ExitPattern().Match(answer.Output);
        int Number(string group) => int.TryParse(exit.Groups[group].Value, CultureInfo.InvariantCulture, out int value) ? value : 0;
        return new ExitReport(Number("signal") is > 0 and var signal ? signal : null, Number("code")) { ClusterState = $"job {id}: {state}" };
    }

    [GeneratedRegex(@"JobState=(?<state>\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StatePattern();

    [GeneratedRegex(@"\bExitCode=(?<code>\d+):(?<signal>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ExitPattern();
}
