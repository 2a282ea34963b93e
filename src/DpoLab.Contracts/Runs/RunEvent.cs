using System.Text.Json.Serialization;
using DpoLab.Contracts.Results;

namespace DpoLab.Contracts.Runs;

/// <summary>One line of <c>events.jsonl</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(StartedEvent), "started")]
[JsonDerivedType(typeof(ProgressEvent), "progress")]
[JsonDerivedType(typeof(MetricEvent), "metric")]
[JsonDerivedType(typeof(LogEvent), "log")]
[JsonDerivedType(typeof(ArtifactEvent), "artifact")]
[JsonDerivedType(typeof(TextsEvent), "texts")]
[JsonDerivedType(typeof(RowEvent), "row")]
[JsonDerivedType(typeof(InterruptedEvent), "interrupted")]
[JsonDerivedType(typeof(FinishedEvent), "finished")]
public abstract record RunEvent
{
    /// <summary>1, 2, 3, … without gaps, over all attempts of the run. Given by the event log.</summary>
    public long Seq { get; init; }

    /// <summary>Which start of the run wrote it, from 1. Given by the event log.</summary>
    public int Attempt { get; init; }

    /// <summary>When it was written. Given by the event log.</summary>
    public DateTimeOffset Time { get; init; }
}

/// <summary>The process has read its spec and begins.</summary>
public sealed record StartedEvent : RunEvent
{
    public required string Host { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:0</c>, with the hardware's name.</summary>
    public required string Device { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Name to version: lab, runtime, TorchSharp, libtorch.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Names of the stages that the run will go through, in order.</summary>
    public required IReadOnlyList<string> Stages { get; init; }

    /// <summary>SHA-256 of what was read: input name to digest.</summary>
    public IReadOnlyDictionary<string, string> Digests { get; init; } = new Dictionary<string, string>();

    /// <summary>The step that training goes on from; null: from the beginning.</summary>
    public long? ResumedFromStep { get; init; }
}

/// <summary>How far the run is within one stage.</summary>
public sealed record ProgressEvent : RunEvent
{
    /// <summary>One of <see cref="StartedEvent.Stages"/>.</summary>
    public required string Stage { get; init; }

    public required double Done { get; init; }

    /// <summary>Null: unknown.</summary>
    public double? Total { get; init; }

    /// <summary>What is counted: steps, prompts, texts, variants.</summary>
    public required string Unit { get; init; }

    /// <summary>Units a second.</summary>
    public double? Rate { get; init; }

    /// <summary>Seconds until the run's end, if known; otherwise until the stage's.</summary>
    public double? EtaSeconds { get; init; }

    /// <summary>The run's share done, 0 to 1, over all stages.</summary>
    public double? Overall { get; init; }

    /// <summary>Resident memory of the process, bytes.</summary>
    public long? MemoryBytes { get; init; }
}

/// <summary>One point of a curve.</summary>
public sealed record MetricEvent : RunEvent
{
    /// <summary>As <c>train/loss</c>, <c>validation/loss</c>, <c>train/rewards/chosen</c>.</summary>
    public required string Name { get; init; }

    public required long Step { get; init; }

    public required double Value { get; init; }

    public string? Unit { get; init; }
}

/// <summary>How much a log line matters.</summary>
public enum LogLevel
{
    Info,
    Warning,
    Error,
}

/// <summary>A line for people.</summary>
public sealed record LogEvent : RunEvent
{
    public LogLevel Level { get; init; }

    public required string Message { get; init; }
}

/// <summary>A file or folder below <c>artifacts/</c> is complete.</summary>
public sealed record ArtifactEvent : RunEvent
{
    /// <summary>Below <c>artifacts/</c>.</summary>
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Of the file; of a folder: of the sorted lines <c>sha256  path</c> of its files.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>Generated texts with their scores.</summary>
public sealed record TextsEvent : RunEvent
{
    public required IReadOnlyList<GenerationRecord> Texts { get; init; }
}

/// <summary>One finished row of an evaluation or sweep, as soon as it is known.</summary>
public sealed record RowEvent : RunEvent
{
    public required EvaluationRow Row { get; init; }
}

/// <summary>The process of one attempt is gone without a word; written by the supervisor, which starts another.</summary>
public sealed record InterruptedEvent : RunEvent
{
    public required string Reason { get; init; }
}

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>The last event of an attempt. A retry appends after it.</summary>
public sealed record FinishedEvent : RunEvent
{
    public required RunOutcome Outcome { get; init; }

    /// <summary>Failed: what happened, where, and what to do.</summary>
    public string? Reason { get; init; }

    /// <summary>Succeeded: the content of <c>result.json</c>.</summary>
    public RunResult? Result { get; init; }

    /// <summary>Seconds of this attempt.</summary>
    public double Seconds { get; init; }

    /// <summary>Greatest resident memory of the process, bytes; null: not known.</summary>
    public long? PeakMemoryBytes { get; init; }
}
