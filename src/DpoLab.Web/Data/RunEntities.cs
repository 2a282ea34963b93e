using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Data;

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>Other runs that it needs have not succeeded yet.</summary>
    Waiting,

    /// <summary>Submitted to its compute service, or about to be.</summary>
    Queued,

    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>One run: what it is to do, and how far it is. Its data hang on it by <see cref="Id"/>.</summary>
public sealed class RunEntity
{
    /// <summary>As <see cref="RunIds.New"/> makes it; also the name of the directory.</summary>
    public required string Id { get; init; }

    public required string Name { get; set; }

    public required RunKind Kind { get; init; }

    public RunState State { get; set; }

    /// <summary>Which start of the run is the newest, from 1.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>The compute service that the run belongs to.</summary>
    public required string Service { get; set; }

    /// <summary>The label of the model it works on, for lists.</summary>
    public string? Model { get; set; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the service took the newest attempt; null: it has not yet.</summary>
    public DateTimeOffset? SubmittedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>A cancel that the service has not confirmed.</summary>
    public bool CancelRequested { get; set; }

    /// <summary>Number of the last event that is in the database; committed together with its data.</summary>
    public long LastSeq { get; set; }

    public string? Stage { get; set; }

    public double? Done { get; set; }

    public double? Total { get; set; }

    public string? Unit { get; set; }

    /// <summary>Units a second.</summary>
    public double? Rate { get; set; }

    /// <summary>When the run is expected to end.</summary>
    public DateTimeOffset? ExpectedEnd { get; set; }

    /// <summary>0 to 1 over all stages.</summary>
    public double? Overall { get; set; }

    /// <summary>Resident bytes of the process at the last progress event.</summary>
    public long? MemoryBytes { get; set; }

    public long? PeakMemoryBytes { get; set; }

    public string? Host { get; set; }

    public string? Device { get; set; }

    public int? ProcessId { get; set; }

    public long? ResumedFromStep { get; set; }

    /// <summary>Times that a process was gone without a word.</summary>
    public int Interruptions { get; set; }

    /// <summary>Failed: what happened, where, what to do. Cancelled: by whom, if known.</summary>
    public string? Reason { get; set; }

    /// <summary>Waiting: the needed run that failed or was cancelled; null: nothing stands in the way but time.</summary>
    public string? BlockedBy { get; set; }

    /// <summary>Separated by spaces.</summary>
    public string Tags { get; set; } = "";

    public bool Archived { get; set; }

    public bool Pinned { get; set; }

    /// <summary>JSON of the <see cref="RunSpec"/>.</summary>
    public required string SpecJson { get; init; }

    /// <summary>JSON object, name to version, of the newest attempt.</summary>
    public string? VersionsJson { get; set; }

    /// <summary>JSON object, input to SHA-256, of the newest attempt.</summary>
    public string? DigestsJson { get; set; }

    /// <summary>JSON of the <see cref="RunResult"/>; null until it succeeded.</summary>
    public string? ResultJson { get; set; }
}

/// <summary>The run <see cref="RunId"/> reads an artifact of <see cref="NeededId"/>.</summary>
public sealed class RunNeedEntity
{
    public required string RunId { get; init; }

    public required string NeededId { get; init; }
}

/// <summary>One stage that a run goes through.</summary>
public sealed class RunStageEntity
{
    public required string RunId { get; init; }

    /// <summary>From 0.</summary>
    public required int Position { get; init; }

    public required string Name { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public double? Done { get; set; }

    public double? Total { get; set; }

    public string? Unit { get; set; }
}

/// <summary>A line that the run wrote for people.</summary>
public sealed class LogLineEntity
{
    public required string RunId { get; init; }

    public required long Seq { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required Contracts.Runs.LogLevel Level { get; init; }

    public required string Message { get; init; }
}

/// <summary>A generated text with its score.</summary>
public sealed class GeneratedTextEntity
{
    /// <summary>Stands in the key for "not sampled during training".</summary>
    public const long NoStep = -1;

    public required string RunId { get; init; }

    public required string Variant { get; init; }

    public required int Prompt { get; init; }

    /// <summary><see cref="NoStep"/> or the training step.</summary>
    public required long Step { get; init; }

    public required string PromptText { get; set; }

    public required string Continuation { get; set; }

    public required int Tokens { get; set; }

    public double? Score { get; set; }

    public string? Missing { get; set; }

    /// <summary>JSON array of the further scorers' scores, in the order of the panel; null: one scorer.</summary>
    public string? PanelJson { get; set; }
}

/// <summary>A finished row of an evaluation or sweep.</summary>
public sealed class EvaluationRowEntity
{
    public required string RunId { get; init; }

    public required string Variant { get; init; }

    /// <summary>Order of arrival.</summary>
    public required long Seq { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>JSON of the <see cref="EvaluationRow"/>.</summary>
    public required string Json { get; set; }
}

/// <summary>A complete file or folder below a run's <c>artifacts/</c>.</summary>
public sealed class ArtifactEntity
{
    public required string RunId { get; init; }

    public required string Path { get; init; }

    public required long Bytes { get; set; }

    public required string Sha256 { get; set; }

    public required DateTimeOffset Time { get; set; }
}
