using System.Globalization;

namespace DpoLab.Web.Compute;

/// <summary>
/// A lab that was killed leaves its compute service for up to half a second. Two services on one data folder would each take over the same runs,
/// so the old one is ended first.
/// </summary>
internal static class PreviousService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task EndAsync(string processIdFile, CancellationToken cancellationToken)
    {
        if (!File.Exists(processIdFile)
            || !int.TryParse(await File.ReadAllTextAsync(processIdFile, cancellationToken), CultureInfo.InvariantCulture, out int id)
            || !IsService(id))
        {
            return;
        }

        UnixSignals.Terminate(id);
        DateTime late = DateTime.UtcNow + Patience;
        while (IsService(id))
        {
            if (DateTime.UtcNow > late)
                UnixSignals.Kill(id);
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>The number may belong to another program by now.</summary>
    private static bool IsService(int id)
    {
        try
        {
            string[] arguments = File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
            return arguments.Length > 1 && arguments[0].Contains("dpolab-compute", StringComparison.Ordinal) && arguments[1] == "serve";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
