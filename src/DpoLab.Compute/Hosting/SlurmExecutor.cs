using System.Globalization;
using DpoLab.Compute.Runs;

namespace DpoLab.Compute.Hosting;

/// <summary>
/// A job a run on an existing Slurm cluster that shares the file system. The cluster decides when and where; a job that it starts again (a lost
/// node) takes the next attempt by itself, and the copy on the lost node stops writing.
/// </summary>
/// <param name="mostJobs">Jobs in the cluster's hands at once; further runs wait here.</param>
/// <param name="sbatchOptions">What the cluster wants to know: partition, gres, time limit, account.</param>
internal sealed class SlurmExecutor(int mostJobs, IReadOnlyList<string> sbatchOptions) : IRunExecutor
{
    public const string Word = "slurm";

    public string Name => Word;

    public IReadOnlyList<string> Slots { get; } = [.. Enumerable.Range(1, mostJobs).Select(i => string.Create(CultureInfo.InvariantCulture, $"slurm:{i}"))];

    public IStartedRun Start(RunDirectory run, string slot)
    {
        // exec: scancel's SIGTERM must reach the run itself, not a shell that waits for it
        string command = string.Join(' ', ((string[])[.. OwnProgram.Command, "run", run.FullPath]).Select(Quoted));
        string[] options =
        [
            "--parsable", "--requeue", $"--job-name=dpolab-{run.Id}", $"--chdir={run.FullPath}",
            $"--output={run.ProcessLogPath}", "--open-mode=append", .. sbatchOptions,
        ];
        var answer = SlurmCommand.Run("sbatch", options, $"#!/bin/sh\nexec {command}\n");
        if (!answer.Succeeded)
            throw new IOException($"The cluster did not take the run: {answer.Error} Check the options of sbatch that the service was started with.");
        return new Job(answer.Output.Split(';')[0].Trim());
    }

    public IStartedRun? Adopt(RunDirectory run, RunPlace place) =>
        place.Handle is { } id && SlurmJobs.IsActive(id) ? new Job(id) : null;

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private sealed class Job(string id) : IStartedRun
    {
        private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

        public string? Handle => id;

        public void Terminate() => SlurmCommand.Run("scancel", [id]);

        public void Kill() => SlurmCommand.Run("scancel", ["--signal=KILL", "--full", id]);

        public async Task<ExitReport> WaitAsync(CancellationToken cancellationToken)
        {
            using var timer = new PeriodicTimer(Look);
            while (SlurmJobs.IsActive(id))
                await timer.WaitForNextTickAsync(cancellationToken);
            return SlurmJobs.ExitOf(id);
        }

        public void Dispose()
        {
        }
    }
}
