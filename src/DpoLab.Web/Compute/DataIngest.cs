using System.Data.Common;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;

namespace DpoLab.Web.Compute;

/// <summary>Stores log lines, texts, rows and artifacts under keys that a repetition overwrites.</summary>
internal sealed class DataIngest(DbConnection connection, DbTransaction transaction) : IDisposable
{
    private readonly IngestCommand line = new(connection, transaction, """
        INSERT INTO LogLines (RunId, Seq, Time, Level, Message) VALUES ($0, $1, $2, $3, $4) ON CONFLICT DO NOTHING
        """, 5);

    private readonly IngestCommand text = new(connection, transaction, """
        INSERT OR REPLACE INTO GeneratedTexts (RunId, Variant, Prompt, Step, PromptText, Continuation, Tokens, Score, Missing, PanelJson)
        VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9)
        """, 10);

    private readonly IngestCommand row = new(connection, transaction, """
        INSERT INTO EvaluationRows (RunId, Variant, Seq, Time, Json) VALUES ($0, $1, $2, $3, $4)
        ON CONFLICT (RunId, Variant) DO UPDATE SET Json = excluded.Json, Time = excluded.Time
        """, 5);

    private readonly IngestCommand artifact = new(connection, transaction, """
        INSERT OR REPLACE INTO Artifacts (RunId, Path, Bytes, Sha256, Time) VALUES ($0, $1, $2, $3, $4)
        """, 5);

    private static readonly MicrosecondsConverter Times = new();

    /// <summary>Stores what an event carries besides the run's own state.</summary>
    public void Store(string runId, RunEvent e)
    {
        switch (e)
        {
            case LogEvent log:
                Log(runId, e, log.Level, log.Message);
                break;
            case InterruptedEvent interrupted:
                Log(runId, e, Contracts.Runs.LogLevel.Warning, interrupted.Reason);
                break;
            case StartedEvent started:
                string from = started.ResumedFromStep is { } step ? $", goes on from step {step}" : "";
                Log(runId, e, Contracts.Runs.LogLevel.Info, $"Start {started.Attempt} on {started.Host}, {started.Device}, process {started.ProcessId}{from}.");
                break;
            case FinishedEvent { Outcome: RunOutcome.Failed, Reason: { } reason }:
                Log(runId, e, Contracts.Runs.LogLevel.Error, reason);
                break;
            case FinishedEvent finished:
                Log(runId, e, Contracts.Runs.LogLevel.Info, finished.Outcome is RunOutcome.Succeeded ? "Succeeded." : finished.Reason ?? "Cancelled.");
                break;
            case TextsEvent texts:
                foreach (GenerationRecord t in texts.Texts)
                {
                    string? panel = t.Panel is null ? null : JsonSerializer.Serialize(t.Panel, ContractJson.Options);
                    text.Run(runId, t.Variant, t.Prompt, t.Step ?? GeneratedTextEntity.NoStep, t.PromptText, t.Continuation, t.Tokens, t.Score, t.Missing, panel);
                }

                break;
            case RowEvent measured:
                row.Run(runId, measured.Row.Variant, e.Seq, Stored(e.Time), JsonSerializer.Serialize(measured.Row, ContractJson.Options));
                break;
            case ArtifactEvent made:
                artifact.Run(runId, made.Path, made.Bytes, made.Sha256, Stored(e.Time));
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IngestCommand command in new[] { line, text, row, artifact })
            command.Dispose();
    }

    private void Log(string runId, RunEvent e, Contracts.Runs.LogLevel level, string message) =>
        line.Run(runId, e.Seq, Stored(e.Time), level.ToString(), message);

    private static object? Stored(DateTimeOffset time) => Times.ConvertToProvider(time);
}
