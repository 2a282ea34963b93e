using System.CommandLine;
using System.Runtime.InteropServices;
using DpoLab.Compute.Runs;

namespace DpoLab.Compute.Hosting;

/// <summary><c>run &lt;directory&gt;</c>: executes one run, in this process.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("directory") { Description = "The run's directory; it holds spec.json." };
        var command = new Command("run", "Executes the run of one directory. SIGTERM cancels it.") { directory };
        command.SetAction(parsed => (int)Execute(parsed.GetRequiredValue(directory)));
        return command;
    }

    private static ExitCode Execute(string directory)
    {
        using var cancellation = new CancellationTokenSource();
        void Cancel(PosixSignalContext context)
        {
            context.Cancel = true; // the run writes that it was cancelled, then the process ends by itself
            cancellation.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        return RunProcess.Execute(directory, cancellation.Token);
    }
}
