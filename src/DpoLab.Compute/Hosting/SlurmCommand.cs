using System.ComponentModel;
using System.Diagnostics;

namespace DpoLab.Compute.Hosting;

/// <summary>Asks the cluster by its own commands.</summary>
internal static class SlurmCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="IOException">Slurm is not installed here.</exception>
    public static SlurmAnswer Run(string program, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove(ServeCommand.TokenVariable); // sbatch hands its environment on to the job
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                return new SlurmAnswer(false, "", $"{program} did not answer within {Patience.TotalSeconds:F0} s.");
            }

            return new SlurmAnswer(process.ExitCode == 0, output, error.GetAwaiter().GetResult().Trim());
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{program} cannot be started: {e.Message}. Start the service on a host of the cluster, or use the local executor.", e);
        }
    }
}

/// <summary>What a command of the cluster answered.</summary>
/// <param name="Succeeded">It ended with 0.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record SlurmAnswer(bool Succeeded, string Output, string Error);
