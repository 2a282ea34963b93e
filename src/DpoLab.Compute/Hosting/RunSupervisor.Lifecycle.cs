using DpoLab.Compute.Runs;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Hosting;

/// <content>How a run gets from its place in the queue to its outcome. Everything here is called with the gate held.</content>
internal sealed partial class RunSupervisor
{
    private void Enqueue(RunDirectory run, int submission, bool needsNoDevice)
    {
        lastOrder = Math.Max(lastOrder + 1, DateTimeOffset.UtcNow.Ticks);
        var waiting = new SupervisedRun(run, new RunPlace
        {
            State = PlaceState.Waiting,
            Submission = submission,
            Order = lastOrder,
            AttemptBefore = AttemptClaim.Read(run)?.Attempt ?? 0,
            NeedsNoDevice = needsNoDevice,
        });
        waiting.Move(waiting.Place);
        runs[run.Id] = waiting;
        LogChange(run.Id, "waits");
        StartWaiting();
        Pulse();
    }

    private void StartWaiting()
    {
        foreach (string slot in executor.Slots.Concat(network.Slots).Except(InState(PlaceState.Running).Select(r => r.Place.Device)).OfType<string>().OrderBy(loans.ContainsKey))
        {
            if (InState(PlaceState.Waiting).FirstOrDefault(r => r.Place.NeedsNoDevice == network.Slots.Contains(slot)) is { } next)
                Start(next, slot);
        }
    }

    private IRunExecutor ExecutorOf(SupervisedRun run) => run.Place.NeedsNoDevice ? network : executor;

    private void Start(SupervisedRun run, string slot)
    {
        try
        {
            TakeBack(slot);
            // noted before the start: a service that dies in between finds the process by its claim, or starts another, which supersedes it
            run.Move(run.Place with { State = PlaceState.Running, Device = slot, AttemptBefore = AttemptClaim.Read(run.Directory)?.Attempt ?? 0 });
            Supervise(run, ExecutorOf(run).Start(run.Directory, slot));
            if (run.Started?.Handle is { } handle)
                run.Move(run.Place with { Handle = handle });
            LogChange(run.Directory.Id, $"starts on {slot}");
        }
        catch (IOException e)
        {
            AppendEnd(run, new FinishedEvent { Outcome = RunOutcome.Failed, Reason = e.Message });
            End(run);
        }
    }

    private void Supervise(SupervisedRun run, IStartedRun started)
    {
        run.Started = started;
        _ = Task.Run(
            async () =>
            {
                try
                {
                    var exit = await started.WaitAsync(stopping.Token);
                    lock (gate)
                        AfterExit(run, exit);
                }
                catch (OperationCanceledException)
                {
                    // the service stops; its next instance adopts the process
                }
            },
            stopping.Token);
    }

    /// <summary>Takes up a run that an earlier instance of the service had waiting or running.</summary>
    private void Recover(SupervisedRun run)
    {
        runs[run.Directory.Id] = run;
        lastOrder = Math.Max(lastOrder, run.Place.Order);
        bool begun = (AttemptClaim.Read(run.Directory)?.Attempt ?? 0) > run.Place.AttemptBefore;
        if (run.Place.State is PlaceState.Waiting && !begun)
            return;
        if (ExecutorOf(run).Adopt(run.Directory, run.Place) is { } adopted)
        {
            run.Move(run.Place with { State = PlaceState.Running, Device = run.Place.Device ?? ExecutorOf(run).Slots[0] });
            Supervise(run, adopted);
            LogChange(run.Directory.Id, "was adopted");
            if (run.Place.CancelRequested)
                Terminate(run);
        }
        else
        {
            AfterExit(run, ExitReport.Unknown);
        }
    }

    private void Terminate(SupervisedRun run)
    {
        if (run.Started is not { } started)
            return;
        started.Terminate();
        _ = Task.Run(
            async () =>
            {
                await Task.Delay(options.CancelGrace, stopping.Token);
                lock (gate)
                {
                    if (ReferenceEquals(run.Started, started))
                        started.Kill();
                }
            },
            stopping.Token);
    }

    /// <summary>The last event, if the newest start of this submission has written that it is finished.</summary>
    private static FinishedEvent? OwnEnd(SupervisedRun run) =>
        EventLog.ReadLast(run.Directory) is FinishedEvent end && end.Attempt > run.Place.AttemptBefore ? end : null;

    private void AfterExit(SupervisedRun run, ExitReport exit)
    {
        run.Started?.Dispose();
        run.Started = null;
        if (OwnEnd(run) is { } end)
        {
            LogChange(run.Directory.Id, $"{end.Outcome}");
            End(run);
            return;
        }

        if (!run.Place.CancelRequested && ExecutorOf(run).Adopt(run.Directory, run.Place) is { } other)
        {
            // a start by somebody else (by hand, by the cluster) has superseded this one
            Supervise(run, other);
            return;
        }

        if (run.Place.CancelRequested)
        {
            AppendEnd(run, new FinishedEvent { Outcome = RunOutcome.Cancelled, Reason = $"Cancelled while it ran; its process {exit.Words}." });
            End(run);
        }
        else if (run.Place.Restarts < MostRestarts)
        {
            AppendEnd(run, new InterruptedEvent { Reason = DeathNotice.Interrupted(run.Directory, exit, run.Place.Restarts + 1, MostRestarts) });
            run.Move(run.Place with { Restarts = run.Place.Restarts + 1 });
            Start(run, run.Place.Device ?? ExecutorOf(run).Slots[0]);
        }
        else
        {
            AppendEnd(run, new FinishedEvent { Outcome = RunOutcome.Failed, Reason = DeathNotice.Failed(run.Directory, exit, MostRestarts + 1) });
            End(run);
        }
    }

    private void End(SupervisedRun run)
    {
        run.Move(run.Place with { State = PlaceState.Ended, Device = null, Handle = null });
        runs.Remove(run.Directory.Id);
        if (run.NextSubmission is { } submission)
            Enqueue(run.Directory, submission, run.Place.NeedsNoDevice);
        StartWaiting();
        Pulse();
    }

    /// <summary>Speaks for a process that never came or is gone.</summary>
    private void AppendEnd(SupervisedRun run, RunEvent value)
    {
        try
        {
            bool begun = (AttemptClaim.Read(run.Directory)?.Attempt ?? 0) > run.Place.AttemptBefore;
            using var log = begun ? EventLog.CloseAttempt(run.Directory) : EventLog.BeginAttempt(run.Directory);
            log.Append(value, flushToDisk: true);
        }
        catch (IOException e)
        {
            LogNotWritten(run.Directory.Id, e.Message);
        }
    }
}
