using DpoLab.Web.Data;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Shell;

/// <summary>Which sign and which words stand for a state.</summary>
public static class Signs
{
    /// <summary>Waiting and queued runs share a sign; the words beside it say what they wait for.</summary>
    public static SignState Of(RunState state) => state switch
    {
        RunState.Running => SignState.Running,
        RunState.Succeeded => SignState.Done,
        RunState.Failed => SignState.Failed,
        RunState.Cancelled => SignState.Cancelled,
        _ => SignState.Waiting,
    };

    /// <summary>A stage that has ended is done; one that has begun runs while its run does.</summary>
    public static SignState Of(StageView stage, RunState run) => (stage.FinishedAt, stage.StartedAt, run) switch
    {
        (not null, _, _) => SignState.Done,
        (null, not null, RunState.Succeeded) => SignState.Done,
        (null, not null, RunState.Failed) => SignState.Failed,
        (null, not null, RunState.Cancelled) => SignState.Cancelled,
        (null, not null, RunState.Running) => SignState.Running,
        _ => SignState.Waiting,
    };

    /// <summary>What a run does now, in a line: stage and count, place in the queue, or what it waits for.</summary>
    public static string Doing(RunStatus status, string service) => status switch
    {
        { CancelRequested: true, IsActive: true } => "cancelling",
        { State: RunState.Waiting, Blocked: true } => $"blocked: {Names(status)} did not succeed",
        { State: RunState.Waiting } => $"waits for {Names(status)}",
        { State: RunState.Queued, ServiceGone: true } => $"{service} is not connected",
        { State: RunState.Queued, Place: { } place } => $"place {place} in the queue of {service}",
        { State: RunState.Queued } => $"on its way to {service}",
        { State: RunState.Running } => Counting(status),
        _ => status.Reason ?? "",
    };

    /// <summary>Stage and count: <c>train · 2,460 of 6,000 steps</c>.</summary>
    public static string Counting(RunStatus status) => (status.Stage, status.Done, status.Total) switch
    {
        (null, _, _) => "starting",
        ({ } stage, { } done, { } total) => $"{stage} · {Numbers.Count(done)} of {Numbers.Counted(total, status.Unit)}",
        ({ } stage, { } done, null) => $"{stage} · {Numbers.Counted(done, status.Unit)}",
        ({ } stage, null, _) => stage,
    };

    /// <summary>Time left, from when the run is expected to end: <c>18 min</c>.</summary>
    public static string? Left(RunStatus status, DateTimeOffset now) =>
        status is { State: RunState.Running, ExpectedEnd: { } end } && end > now ? Times.Span(end - now) : null;

    private static string Names(RunStatus status) => status.WaitsFor switch
    {
        [] => "other runs",
        [var one] => one.Name,
        [var one, ..] => $"{one.Name} and {status.WaitsFor.Count - 1} more",
    };
}
