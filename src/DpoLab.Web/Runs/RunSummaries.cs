using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Runs;

/// <summary>Reads runs as lists show them: one query for the runs, one for what the waiting ones wait for, one for their studies.</summary>
internal static class RunSummaries
{
    public static async Task<IReadOnlyList<RunSummary>> ReadAsync(
        LabDbContext db, IQueryable<RunEntity> runs, ServiceBoard services, CancellationToken cancellationToken = default)
    {
        List<Row> rows = await runs.Select(r => new Row(
            r.Id, r.Name, r.Kind, r.State, r.Attempt, r.Service, r.Model, r.CreatedBy, r.CreatedAt, r.StartedAt, r.FinishedAt, r.CancelRequested,
            r.Stage, r.Done, r.Total, r.Unit, r.Rate, r.Overall, r.ExpectedEnd, r.MemoryBytes, r.PeakMemoryBytes, r.Reason, r.BlockedBy, r.Tags,
            r.Archived, r.Pinned)).ToListAsync(cancellationToken);
        string[] ids = [.. rows.Select(r => r.Id)];
        ILookup<string, RunLink> waits = await WaitsAsync(db, [.. rows.Where(r => r.State is RunState.Waiting).Select(r => r.Id)], cancellationToken);
        var studies = (await db.StudyNodes.Where(n => ids.Contains(n.RunId))
            .Join(db.Studies, n => n.StudyId, s => s.Id, (n, s) => new { n.RunId, s.Id, s.Question }).ToListAsync(cancellationToken))
            .ToLookup(s => s.RunId, s => new StudyLink(s.Id, s.Question), StringComparer.Ordinal);
        return [.. rows.Select(r => Summary(r, [.. waits[r.Id]], studies[r.Id].FirstOrDefault(), services))];
    }

    /// <summary>What is known of the service now, put into a status that was read earlier.</summary>
    public static RunStatus WithService(RunStatus status, RunSummary run, ServiceBoard services)
    {
        ServiceView? service = services.Find(run.Service);
        return status with
        {
            Place = status.State is RunState.Queued ? services.PlaceOf(run.Service, run.Id) : null,
            Waiting = status.State is RunState.Queued ? service?.Report?.Queue.Waiting.Count : null,
            ServiceGone = status.IsActive && service is not { State: ServiceState.Connected },
        };
    }

    private static async Task<ILookup<string, RunLink>> WaitsAsync(LabDbContext db, string[] waiting, CancellationToken cancellationToken)
    {
        if (waiting.Length == 0)
            return Array.Empty<RunLink>().ToLookup(r => r.Id);
        var needs = await db.RunNeeds.Where(n => waiting.Contains(n.RunId))
            .Join(db.Runs.Where(r => r.State != RunState.Succeeded), n => n.NeededId, r => r.Id, (n, r) => new { n.RunId, r.Id, r.Name, r.State })
            .OrderBy(n => n.Name).ToListAsync(cancellationToken);
        return needs.ToLookup(n => n.RunId, n => new RunLink(n.Id, n.Name, n.State), StringComparer.Ordinal);
    }

    private static RunSummary Summary(Row r, IReadOnlyList<RunLink> waitsFor, StudyLink? study, ServiceBoard services)
    {
        var summary = new RunSummary
        {
            Id = r.Id,
            Name = r.Name,
            Kind = r.Kind,
            Service = r.Service,
            Model = r.Model,
            CreatedBy = r.CreatedBy,
            CreatedAt = r.CreatedAt,
            StartedAt = r.StartedAt,
            FinishedAt = r.FinishedAt,
            Tags = r.Tags.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Archived = r.Archived,
            Pinned = r.Pinned,
            Study = study,
            Status = Status(r, waitsFor),
        };
        return summary with { Status = WithService(summary.Status, summary, services) };
    }

    private static RunStatus Status(Row r, IReadOnlyList<RunLink> waitsFor) => new()
    {
        State = r.State,
        Attempt = r.Attempt,
        CancelRequested = r.CancelRequested,
        WaitsFor = waitsFor,
        Blocked = r.State is RunState.Waiting && r.BlockedBy is not null,
        Stage = r.Stage,
        Done = r.Done,
        Total = r.Total,
        Unit = r.Unit,
        Rate = r.Rate,
        Overall = r.State is RunState.Succeeded ? 1 : r.Overall,
        ExpectedEnd = r.State is RunState.Running ? r.ExpectedEnd : null,
        MemoryBytes = r.MemoryBytes,
        PeakMemoryBytes = r.PeakMemoryBytes,
        Reason = r.Reason,
    };

    private sealed record Row(
        string Id, string Name, Contracts.Runs.RunKind Kind, RunState State, int Attempt, string Service, string? Model, string CreatedBy,
        DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, bool CancelRequested, string? Stage, double? Done,
        double? Total, string? Unit, double? Rate, double? Overall, DateTimeOffset? ExpectedEnd, long? MemoryBytes, long? PeakMemoryBytes,
        string? Reason, string? BlockedBy, string Tags, bool Archived, bool Pinned);
}
