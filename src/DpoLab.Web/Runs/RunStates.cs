using DpoLab.Web.Data;

namespace DpoLab.Web.Runs;

/// <summary>The moves between states that more than one place makes: waiting → queued → running → succeeded | failed | cancelled, and again.</summary>
internal static class RunStates
{
    /// <summary>The next attempt of a run that has ended. What it wrote stays; equal keys are overwritten.</summary>
    public static void StartAgain(RunEntity run)
    {
        run.Attempt++;
        run.State = RunState.Waiting;
        run.SubmittedAt = null;
        run.StartedAt = null;
        run.FinishedAt = null;
        run.CancelRequested = false;
        run.Reason = null;
        run.BlockedBy = null;
        run.ResultJson = null;
        ForgetProgress(run);
    }

    /// <summary>Progress belongs to an attempt.</summary>
    public static void ForgetProgress(RunEntity run)
    {
        run.Stage = null;
        run.Done = null;
        run.Total = null;
        run.Unit = null;
        run.Rate = null;
        run.ExpectedEnd = null;
        run.Overall = null;
        run.MemoryBytes = null;
    }
}
