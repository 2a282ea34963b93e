using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Studies;

/// <summary>What people do to studies.</summary>
public sealed class StudyCommands(LabDatabase database, RunAdmission admission, RunSignals signals)
{
    /// <summary>Makes a study from the template "four groups" with all its runs, in one transaction.</summary>
    /// <returns>The study's id.</returns>
    /// <exception cref="InputRefusedException">An input is missing or a setting cannot work.</exception>
    public async Task<string> CreateFourGroupsAsync(FourGroupsInputs inputs, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        StudyPlan plan = FourGroupsTemplate.Plan(inputs);
        string id = NewId();
        await database.WriteAsync(
            async db =>
            {
                db.Studies.Add(NewStudy(id, plan.Question, by, FourGroupsTemplate.Name, JsonSerializer.Serialize(inputs, ContractJson.Options), inputs.Protocol));
                await admission.AdmitAsync(db, [.. plan.Runs.Select(r => r.Spec)], by, inputs.Service, cancellationToken);
                db.StudyNodes.AddRange(plan.Runs.Select((r, i) => new StudyNodeEntity { StudyId = id, RunId = r.Spec.Id, Key = r.Key, Position = i }));
                AuditTrail.Add(db, by, "study.create", id, plan.Question);
            },
            cancellationToken);
        signals.StudyChanged(id);
        await signals.ChangedAndDispatchAsync([.. plan.Runs.Select(r => r.Spec.Id)]);
        return id;
    }

    /// <summary>Makes a study without runs; they are added by <see cref="RunCommands.SubmitAsync"/> or <see cref="AddRunAsync"/>.</summary>
    public async Task<string> CreateAsync(string question, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        string id = NewId();
        await database.WriteAsync(
            db =>
            {
                db.Studies.Add(NewStudy(id, Asked(question), by, template: null, inputs: null, Protocol.Corrected));
                AuditTrail.Add(db, by, "study.create", id, question);
                return Task.CompletedTask;
            },
            cancellationToken);
        signals.StudyChanged(id);
        return id;
    }

    /// <summary>Puts a run that is there into the study.</summary>
    public Task AddRunAsync(string id, string runId, Actor by, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, by, "study.add", async (db, _) =>
        {
            if (!await db.Runs.AnyAsync(r => r.Id == runId, cancellationToken))
                throw RunCommands.Missing(runId);
            if (await db.StudyNodes.AnyAsync(n => n.StudyId == id && n.RunId == runId, cancellationToken))
                return;
            int last = await db.StudyNodes.Where(n => n.StudyId == id).MaxAsync(n => (int?)n.Position, cancellationToken) ?? -1;
            db.StudyNodes.Add(new StudyNodeEntity { StudyId = id, RunId = runId, Key = runId, Position = last + 1 });
        }, cancellationToken);

    /// <summary>Replaces the notes (Markdown).</summary>
    public Task SaveNotesAsync(string id, string notes, Actor by, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, by, "study.notes", (_, study) =>
        {
            study.Notes = notes;
            return Task.CompletedTask;
        }, cancellationToken);

    /// <summary>Puts the question in other words.</summary>
    public Task RenameAsync(string id, string question, Actor by, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, by, "study.rename", (_, study) =>
        {
            study.Question = Asked(question);
            return Task.CompletedTask;
        }, cancellationToken);

    /// <summary>Archived studies are left out of lists.</summary>
    public Task ArchiveAsync(string id, bool archived, Actor by, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, by, archived ? "study.archive" : "study.restore", (_, study) =>
        {
            study.Archived = archived;
            return Task.CompletedTask;
        }, cancellationToken);

    /// <summary>Starts every failed and cancelled run of the study again.</summary>
    public async Task RetryFailedAsync(string id, Actor by, CancellationToken cancellationToken = default)
    {
        List<string> again = [];
        await ChangeAsync(id, by, "study.retry", async (db, _) =>
        {
            List<RunEntity> failed = await db.Runs.Where(r => (r.State == RunState.Failed || r.State == RunState.Cancelled)
                && db.StudyNodes.Any(n => n.StudyId == id && n.RunId == r.Id)).ToListAsync(cancellationToken);
            failed.ForEach(RunStates.StartAgain);
            again.AddRange(failed.Select(r => r.Id));
        }, cancellationToken);
        await signals.ChangedAndDispatchAsync(again);
    }

    private async Task ChangeAsync(string id, Actor by, string action, Func<LabDbContext, StudyEntity, Task> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        await database.WriteAsync(
            async db =>
            {
                StudyEntity study = await db.Studies.FirstOrDefaultAsync(s => s.Id == id, cancellationToken)
                    ?? throw new NotFoundException($"There is no study {id}.");
                await change(db, study);
                study.ChangedAt = DateTimeOffset.UtcNow;
                AuditTrail.Add(db, by, action, id);
            },
            cancellationToken);
        signals.StudyChanged(id);
    }

    private static StudyEntity NewStudy(string id, string question, Actor by, string? template, string? inputs, Protocol protocol) => new()
    {
        Id = id,
        Question = question,
        Template = template,
        InputsJson = inputs,
        Protocol = protocol,
        CreatedBy = by.Name,
        CreatedAt = DateTimeOffset.UtcNow,
        ChangedAt = DateTimeOffset.UtcNow,
    };

    private static string Asked(string question) => string.IsNullOrWhiteSpace(question)
        ? throw new InputRefusedException("question", "The question is empty. Enter what the study is to find out.")
        : question.Trim();

    private static string NewId() => "s" + RunIds.New()[1..];
}
