using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Runs;

/// <summary>Reads one run as its page shows it. Nothing here grows with the number of metric points, texts or log lines.</summary>
internal static class RunViews
{
    public static async Task<RunView?> ReadAsync(LabDbContext db, string id, ServiceBoard services)
    {
        RunEntity? run = await db.Runs.FirstOrDefaultAsync(r => r.Id == id);
        if (run is null)
            return null;
        IReadOnlyList<RunSummary> summary = await RunSummaries.ReadAsync(db, db.Runs.Where(r => r.Id == id), services);
        return new RunView
        {
            Summary = summary[0],
            Spec = JsonSerializer.Deserialize<RunSpec>(run.SpecJson, ContractJson.Options)!,
            Host = run.Host,
            Device = run.Device,
            ProcessId = run.ProcessId,
            Interruptions = run.Interruptions,
            ResumedFromStep = run.ResumedFromStep,
            Versions = ToMap(run.VersionsJson),
            Digests = ToMap(run.DigestsJson),
            Stages = await db.RunStages.Where(s => s.RunId == id).OrderBy(s => s.Position)
                .Select(s => new StageView(s.Name, s.StartedAt, s.FinishedAt, s.Done, s.Total, s.Unit)).ToListAsync(),
            Needs = await LinksAsync(db, db.RunNeeds.Where(n => n.RunId == id).Select(n => n.NeededId)),
            NeededBy = await LinksAsync(db, db.RunNeeds.Where(n => n.NeededId == id).Select(n => n.RunId)),
            Series = [.. (await db.MetricSeries.Where(s => s.RunId == id).OrderBy(s => s.Name).ToListAsync()).Select(ToSummary)],
            Artifacts = [.. (await db.Artifacts.Where(a => a.RunId == id).OrderBy(a => a.Path).ToListAsync()).Select(a => ToView(id, a))],
            Rows = [.. (await db.EvaluationRows.Where(r => r.RunId == id).OrderBy(r => r.Seq).Select(r => r.Json).ToListAsync()).Select(ToRow)],
            TextCount = await db.GeneratedTexts.CountAsync(t => t.RunId == id),
            LogCount = await db.LogLines.CountAsync(l => l.RunId == id),
            Result = run.ResultJson is null ? null : JsonSerializer.Deserialize<RunResult>(run.ResultJson, ContractJson.Options),
        };
    }

    public static EvaluationRow ToRow(string json) => JsonSerializer.Deserialize<EvaluationRow>(json, ContractJson.Options)!;

    public static SeriesSummary ToSummary(MetricSeriesEntity s) => new(
        s.Name, s.Unit, s.Count, s.FirstStep, s.LastStep, s.LastValue ?? double.NaN, s.Least ?? double.NaN, s.Greatest ?? double.NaN);

    public static GenerationRecord ToRecord(GeneratedTextEntity text) => new()
    {
        Variant = text.Variant,
        Prompt = text.Prompt,
        PromptText = text.PromptText,
        Continuation = text.Continuation,
        Tokens = text.Tokens,
        Score = text.Score,
        Missing = text.Missing,
        Panel = text.PanelJson is null ? null : JsonSerializer.Deserialize<IReadOnlyList<double?>>(text.PanelJson, ContractJson.Options),
        Step = text.Step == GeneratedTextEntity.NoStep ? null : text.Step,
    };

    private static ArtifactView ToView(string runId, ArtifactEntity artifact) => new(
        artifact.Path, artifact.Bytes, artifact.Sha256, artifact.Time, System.IO.Path.GetExtension(artifact.Path).Length == 0,
        Urls.RunFile(runId, "artifacts/" + artifact.Path).TrimStart('/'));

    private static async Task<IReadOnlyList<RunLink>> LinksAsync(LabDbContext db, IQueryable<string> ids) =>
        await db.Runs.Where(r => ids.Contains(r.Id)).OrderBy(r => r.CreatedAt).Select(r => new RunLink(r.Id, r.Name, r.State)).ToListAsync();

    private static IReadOnlyDictionary<string, string> ToMap(string? json) =>
        json is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(json, ContractJson.Options)!;
}
