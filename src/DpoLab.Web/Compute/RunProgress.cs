using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Compute;

/// <summary>What events change on the run itself: its state, progress and stages.</summary>
internal sealed class RunProgress(RunEntity run, List<RunStageEntity> stages, Action<RunStageEntity> add, Action<RunStageEntity> remove)
{
    public void Apply(RunEvent e)
    {
        switch (e)
        {
            case StartedEvent started:
                Start(started);
                break;
            case ProgressEvent progress:
                Advance(progress);
                break;
            case InterruptedEvent:
                run.Interruptions++;
                run.Rate = null;
                run.ExpectedEnd = null;
                break;
            case FinishedEvent finished:
                Finish(finished);
                break;
        }
    }

    private void Start(StartedEvent started)
    {
        run.State = RunState.Running;
        run.StartedAt ??= started.Time;
        run.Host = started.Host;
        run.Device = started.Device;
        run.ProcessId = started.ProcessId;
        run.ResumedFromStep = started.ResumedFromStep;
        run.VersionsJson = JsonSerializer.Serialize(started.Versions, ContractJson.Options);
        run.DigestsJson = JsonSerializer.Serialize(started.Digests, ContractJson.Options);
        RunStates.ForgetProgress(run);
        for (int i = 0; i < started.Stages.Count; i++)
        {
            if (i < stages.Count)
                Reset(stages[i], started.Stages[i]);
            else
                AddStage(started.Stages[i]);
        }

        foreach (RunStageEntity gone in stages.Skip(started.Stages.Count).ToList())
        {
            stages.Remove(gone);
            remove(gone);
        }
    }

    private void Advance(ProgressEvent progress)
    {
        run.Stage = progress.Stage;
        run.Done = progress.Done;
        run.Total = progress.Total;
        run.Unit = progress.Unit;
        run.Rate = progress.Rate;
        run.Overall = progress.Overall ?? run.Overall;
        run.MemoryBytes = progress.MemoryBytes ?? run.MemoryBytes;
        run.ExpectedEnd = progress.EtaSeconds is { } seconds && double.IsFinite(seconds) ? progress.Time.AddSeconds(Math.Min(seconds, 1e8)) : null;
        if (stages.All(s => s.Name != progress.Stage))
            AddStage(progress.Stage);
        int at = stages.FindIndex(s => s.Name == progress.Stage);
        for (int i = 0; i < at; i++)
            stages[i].FinishedAt ??= progress.Time;
        RunStageEntity stage = stages[at];
        stage.StartedAt ??= progress.Time;
        stage.Done = progress.Done;
        stage.Total = progress.Total;
        stage.Unit = progress.Unit;
    }

    private void Finish(FinishedEvent finished)
    {
        run.State = finished.Outcome switch
        {
            RunOutcome.Succeeded => RunState.Succeeded,
            RunOutcome.Failed => RunState.Failed,
            _ => RunState.Cancelled,
        };
        run.FinishedAt = finished.Time;
        run.Reason = finished.Reason;
        run.CancelRequested = false;
        run.PeakMemoryBytes = finished.PeakMemoryBytes ?? run.PeakMemoryBytes;
        run.ExpectedEnd = null;
        if (finished.Outcome is RunOutcome.Succeeded)
        {
            run.Overall = 1;
            run.ResultJson = finished.Result is null ? null : JsonSerializer.Serialize(finished.Result, ContractJson.Options);
        }

        foreach (RunStageEntity stage in stages.Where(s => s.StartedAt is not null || finished.Outcome is RunOutcome.Succeeded))
            stage.FinishedAt ??= finished.Time;
    }

    private void AddStage(string name)
    {
        var stage = new RunStageEntity { RunId = run.Id, Position = stages.Count == 0 ? 0 : stages[^1].Position + 1, Name = name };
        stages.Add(stage);
        add(stage);
    }

    private static void Reset(RunStageEntity stage, string name)
    {
        stage.Name = name;
        stage.StartedAt = null;
        stage.FinishedAt = null;
        stage.Done = null;
        stage.Total = null;
        stage.Unit = null;
    }
}
