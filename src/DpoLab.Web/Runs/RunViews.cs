using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;

namespace DpoLab.Web.Runs;

/// <summary>A run in a list.</summary>
public sealed record RunSummary
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required RunKind Kind { get; init; }

    public required RunStatus Status { get; init; }

    public required string Service { get; init; }

    public string? Model { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool Archived { get; init; }

    public bool Pinned { get; init; }

    /// <summary>The study that it is part of, if any.</summary>
    public StudyLink? Study { get; init; }
}

/// <summary>A study by id and question.</summary>
public sealed record StudyLink(string Id, string Question);

/// <summary>Another run by id, name and state.</summary>
public sealed record RunLink(string Id, string Name, RunState State);

/// <summary>What a run is doing, in everything that a person asks about it.</summary>
public sealed record RunStatus
{
    public required RunState State { get; init; }

    public required int Attempt { get; init; }

    public bool CancelRequested { get; init; }

    /// <summary>Queued: place on its service, from 1; null: not known (service not connected).</summary>
    public int? Place { get; init; }

    /// <summary>Queued: how many wait on that service.</summary>
    public int? Waiting { get; init; }

    /// <summary>Waiting: the runs that have not succeeded yet.</summary>
    public IReadOnlyList<RunLink> WaitsFor { get; init; } = [];

    /// <summary>Waiting: true when one of <see cref="WaitsFor"/> failed, was cancelled or is blocked itself; a retry of that run goes on.</summary>
    public bool Blocked { get; init; }

    /// <summary>The service is not connected; what is shown is the last that is known.</summary>
    public bool ServiceGone { get; init; }

    public string? Stage { get; init; }

    public double? Done { get; init; }

    public double? Total { get; init; }

    public string? Unit { get; init; }

    /// <summary>Units a second.</summary>
    public double? Rate { get; init; }

    /// <summary>0 to 1 over all stages; null: not known.</summary>
    public double? Overall { get; init; }

    public DateTimeOffset? ExpectedEnd { get; init; }

    public long? MemoryBytes { get; init; }

    public long? PeakMemoryBytes { get; init; }

    /// <summary>Failed or cancelled: why, and what to do.</summary>
    public string? Reason { get; init; }

    public bool IsActive => State is RunState.Waiting or RunState.Queued or RunState.Running;

    public bool CanCancel => IsActive && !CancelRequested;

    public bool CanRetry => State is RunState.Failed or RunState.Cancelled;
}

/// <summary>A run's page without its curves, texts and log.</summary>
public sealed record RunView
{
    public required RunSummary Summary { get; init; }

    public required RunSpec Spec { get; init; }

    public RunStatus Status => Summary.Status;

    public string? Host { get; init; }

    public string? Device { get; init; }

    public int? ProcessId { get; init; }

    /// <summary>Times that a process of this run was gone without a word, and another went on.</summary>
    public int Interruptions { get; init; }

    public long? ResumedFromStep { get; init; }

    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Input to SHA-256.</summary>
    public required IReadOnlyDictionary<string, string> Digests { get; init; }

    public required IReadOnlyList<StageView> Stages { get; init; }

    /// <summary>The runs whose artifacts it reads.</summary>
    public required IReadOnlyList<RunLink> Needs { get; init; }

    /// <summary>The runs that read its artifacts.</summary>
    public required IReadOnlyList<RunLink> NeededBy { get; init; }

    /// <summary>Its curves with their last values.</summary>
    public required IReadOnlyList<SeriesSummary> Series { get; init; }

    public required IReadOnlyList<ArtifactView> Artifacts { get; init; }

    /// <summary>Rows of an evaluation or sweep so far, in order of arrival.</summary>
    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    public required int TextCount { get; init; }

    public required int LogCount { get; init; }

    /// <summary>Null until it succeeded.</summary>
    public RunResult? Result { get; init; }
}

/// <summary>One stage of a run.</summary>
public sealed record StageView(
    string Name, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, double? Done, double? Total, string? Unit);

/// <summary>A complete file or folder of a run.</summary>
/// <param name="Path">Below <c>artifacts/</c>.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Digest.</param>
/// <param name="Time">When it was complete.</param>
/// <param name="IsFolder">Folders cannot be downloaded as one file.</param>
/// <param name="Url">Where its bytes are, below the base address.</param>
public sealed record ArtifactView(string Path, long Bytes, string Sha256, DateTimeOffset Time, bool IsFolder, string Url);

/// <summary>A line of the log.</summary>
public sealed record LogLine(long Seq, DateTimeOffset Time, Contracts.Runs.LogLevel Level, string Message);

/// <summary>A page of something.</summary>
/// <param name="Items">The page.</param>
/// <param name="Total">All that match.</param>
public sealed record Paged<T>(IReadOnlyList<T> Items, int Total);

/// <summary>How to make the same run again.</summary>
/// <param name="SpecJson">The exact spec.</param>
/// <param name="CommandLine">Runs it by hand on the compute host.</param>
/// <param name="Python">Fetches its data from the API.</param>
public sealed record Reproduction(string SpecJson, string CommandLine, string Python);
