using System.Diagnostics;
using DpoLab.Compute.Runs;

namespace DpoLab.Compute.Hosting;

/// <summary>A child process a run, in a session of its own: neither the service's end nor a Ctrl-C in its terminal reaches it.</summary>
internal sealed class LocalExecutor(IReadOnlyList<string> slots) : IRunExecutor
{
    public const string Word = "local";

    /// <summary>The slot of runs that need no device.</summary>
    public const string Network = "network";

    // output goes straight to the file: a pipe through the service would break with it
    private const string Script = "log=$1; shift; exec setsid \"$@\" >>\"$log\" 2>&1 </dev/null";

    public string Name => Word;

    public IReadOnlyList<string> Slots { get; } = slots;

    public IStartedRun Start(RunDirectory run, string slot)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = run.FullPath };
        string[] arguments = ["-c", Script, "sh", run.ProcessLogPath, .. OwnProgram.Command, "run", run.FullPath];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        if (slot.StartsWith("cuda:", StringComparison.Ordinal))
            start.Environment["CUDA_VISIBLE_DEVICES"] = slot["cuda:".Length..];
        else if (slot == Network)
            start.Environment["CUDA_VISIBLE_DEVICES"] = "";
        start.Environment.Remove(ServeCommand.TokenVariable);
        try
        {
            return new Child(Process.Start(start) ?? throw new IOException("The process of the run could not be started."));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"The process of the run could not be started: {e.Message}", e);
        }
    }

    public IStartedRun? Adopt(RunDirectory run, RunPlace place) =>
        AttemptClaim.Read(run) is { Closed: false } claim && claim.Attempt > place.AttemptBefore && claim.Process.IsAlive
            ? new Stranger(claim.Process)
            : null;

    private sealed class Child(Process process) : IStartedRun
    {
        public string? Handle => null;

        public void Terminate() => Signals.Send(process.Id, Signals.Terminate);

        public void Kill() => Signals.Send(process.Id, Signals.Kill);

        public async Task<ExitReport> WaitAsync(CancellationToken cancellationToken)
        {
            await process.WaitForExitAsync(cancellationToken);
            return ExitReport.OfCode(process.ExitCode);
        }

        public void Dispose() => process.Dispose();
    }

    /// <summary>A process that an earlier instance of the service started: not a child, so its exit code stays unknown.</summary>
    private sealed class Stranger(ProcessIdentity process) : IStartedRun
    {
        private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

        public string? Handle => null;

        public void Terminate() => Send(Signals.Terminate);

        public void Kill() => Send(Signals.Kill);

        public async Task<ExitReport> WaitAsync(CancellationToken cancellationToken)
        {
            using var timer = new PeriodicTimer(Look);
            while (process.IsAlive)
                await timer.WaitForNextTickAsync(cancellationToken);
            return ExitReport.Unknown;
        }

        public void Dispose()
        {
        }

        private void Send(int signal)
        {
            if (process.IsAlive)
                Signals.Send(process.Id, signal);
        }
    }
}
