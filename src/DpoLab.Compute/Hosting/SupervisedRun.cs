using DpoLab.Compute.Runs;

namespace DpoLab.Compute.Hosting;

/// <summary>A run that waits or runs, as the supervisor holds it in memory; <see cref="Place"/> is what the disk says.</summary>
internal sealed class SupervisedRun(RunDirectory directory, RunPlace place)
{
    public RunDirectory Directory { get; } = directory;

    public RunPlace Place { get; private set; } = place;

    /// <summary>The process, while there is one.</summary>
    public IStartedRun? Started { get; set; }

    /// <summary>An attempt that was submitted while the process of the one before had said its last word but was still there.</summary>
    public int? NextSubmission { get; set; }

    /// <summary>Changes the note, on the disk first.</summary>
    public void Move(RunPlace next)
    {
        next.Write(Directory);
        Place = next;
    }
}
