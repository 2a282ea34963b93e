using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Runs;

/// <summary>What people do to runs. Each command checks the role, writes one transaction, and signals.</summary>
public sealed class RunCommands(LabDatabase database, RunAdmission admission, RunSignals signals)
{
    /// <summary>Takes runs in, all or none. Runs may need each other or runs that are there already.</summary>
    /// <returns>Their ids, in the order given.</returns>
    /// <exception cref="InputRefusedException">A setting cannot work, a needed run is not there, or an id is taken.</exception>
    public async Task<IReadOnlyList<string>> SubmitAsync(
        IReadOnlyList<RunSpec> specs, Actor by, string? service = null, string? studyId = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(specs);
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        await database.WriteAsync(
            async db =>
            {
                await admission.AdmitAsync(db, specs, by, service, cancellationToken);
                if (studyId is not null)
                    await AddToStudyAsync(db, studyId, specs, cancellationToken);
                foreach (RunSpec spec in specs)
                    AuditTrail.Add(db, by, "run.submit", spec.Id, spec.Name);
            },
            cancellationToken);
        if (studyId is not null)
            signals.StudyChanged(studyId);
        string[] ids = [.. specs.Select(s => s.Id)];
        await signals.ChangedAndDispatchAsync(ids);
        return ids;
    }

    /// <summary>Ends a run: a waiting one at once, a queued or running one through its service, which frees the device.</summary>
    public Task CancelAsync(string id, Actor by, CancellationToken cancellationToken = default) => ChangeAsync(id, by, "run.cancel", run =>
    {
        if (run.State is RunState.Waiting)
        {
            run.State = RunState.Cancelled;
            run.FinishedAt = DateTimeOffset.UtcNow;
            run.BlockedBy = null;
            run.Reason = $"Cancelled by {by.Name} before it started.";
        }
        else if (run.State is RunState.Queued or RunState.Running)
        {
            run.CancelRequested = true;
        }
    }, cancellationToken);

    /// <summary>Starts a failed or cancelled run again as its next attempt; what waits for it goes on when it succeeds.</summary>
    /// <exception cref="InputRefusedException">The run has not ended, or has succeeded.</exception>
    public Task RetryAsync(string id, Actor by, CancellationToken cancellationToken = default) => ChangeAsync(id, by, "run.retry", run =>
    {
        if (run.State is not (RunState.Failed or RunState.Cancelled))
            throw new InputRefusedException("state", $"Run {run.Id} is {run.State.ToString().ToLowerInvariant()}; only failed and cancelled runs can be retried. Clone it instead.");
        RunStates.StartAgain(run);
    }, cancellationToken);

    /// <summary>The spec of a run under a new id, for the form or to submit at once.</summary>
    /// <exception cref="NotFoundException">No such run.</exception>
    public async Task<RunSpec> CloneAsync(string id, CancellationToken cancellationToken = default)
    {
        string json = await database.ReadAsync(
            db => db.Runs.Where(r => r.Id == id).Select(r => r.SpecJson).FirstOrDefaultAsync(cancellationToken), cancellationToken)
            ?? throw Missing(id);
        RunSpec spec = JsonSerializer.Deserialize<RunSpec>(json, ContractJson.Options)!;
        return spec with { Id = RunIds.New(), Name = spec.Name + " (copy)" };
    }

    /// <summary>Gives a run another name in lists; its spec stays.</summary>
    public Task RenameAsync(string id, string name, Actor by, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, by, "run.rename", run => run.Name = string.IsNullOrWhiteSpace(name)
            ? throw new InputRefusedException("name", "The name is empty. Enter one.")
            : name.Trim(), cancellationToken);

    /// <summary>Replaces the tags: words without spaces.</summary>
    public Task TagAsync(string id, IReadOnlyList<string> tags, Actor by, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, by, "run.tag", run => run.Tags = string.Join(' ', tags.Select(t => t.Trim().Replace(' ', '-')).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal)), cancellationToken);

    /// <summary>Pinned runs come first in lists.</summary>
    public Task PinAsync(string id, bool pinned, Actor by, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, by, "run.pin", run => run.Pinned = pinned, cancellationToken);

    /// <summary>Archived runs are left out of lists; nothing is deleted.</summary>
    public Task ArchiveAsync(string id, bool archived, Actor by, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, by, archived ? "run.archive" : "run.restore", run => run.Archived = archived, cancellationToken);

    internal static NotFoundException Missing(string id) => new($"There is no run {id}. It may be on another lab.");

    private async Task ChangeAsync(string id, Actor by, string action, Action<RunEntity> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        await database.WriteAsync(
            async db =>
            {
                RunEntity run = await db.Runs.FirstOrDefaultAsync(r => r.Id == id, cancellationToken) ?? throw Missing(id);
                change(run);
                AuditTrail.Add(db, by, action, id);
            },
            cancellationToken);
        await signals.ChangedAndDispatchAsync([id]);
    }

    private static async Task AddToStudyAsync(LabDbContext db, string studyId, IReadOnlyList<RunSpec> specs, CancellationToken cancellationToken)
    {
        StudyEntity study = await db.Studies.FirstOrDefaultAsync(s => s.Id == studyId, cancellationToken)
            ?? throw new InputRefusedException("study", $"There is no study {studyId}. Choose one from the list.");
        study.ChangedAt = DateTimeOffset.UtcNow;
        int position = await db.StudyNodes.Where(n => n.StudyId == studyId).MaxAsync(n => (int?)n.Position, cancellationToken) ?? -1;
        foreach (RunSpec spec in specs)
            db.StudyNodes.Add(new StudyNodeEntity { StudyId = studyId, RunId = spec.Id, Key = spec.Id, Position = ++position });
    }
}
