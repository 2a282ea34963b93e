using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Tests.Lab;

/// <summary>Events as a compute service sends them, numbered from 1.</summary>
internal static class Events
{
    public static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Numbers them from <paramref name="first"/> on.</summary>
    public static IReadOnlyList<RunEvent> Numbered(long first, params IEnumerable<RunEvent> events) =>
        [.. events.Select((e, i) => e with { Seq = first + i, Attempt = 1, Time = Time.AddSeconds(first + i) })];

    public static StartedEvent Started(params string[] stages) => new()
    {
        Host = "host",
        Device = "cpu",
        ProcessId = 42,
        Versions = new Dictionary<string, string>(StringComparer.Ordinal) { ["lab"] = "1.0" },
        Stages = stages,
    };

    public static MetricEvent Metric(string name, long step, double value) => new() { Name = name, Step = step, Value = value };

    public static ProgressEvent Progress(string stage, double done, double total, double overall) =>
        new() { Stage = stage, Done = done, Total = total, Unit = "steps", Rate = 2, EtaSeconds = 60, Overall = overall };

    public static FinishedEvent Succeeded() => new()
    {
        Outcome = RunOutcome.Succeeded,
        Result = new DirectionResult { Method = DirectionMethod.EmbeddingDifference, Width = 4, Norm = 1, Promoted = [], Suppressed = [] },
        Seconds = 1,
    };

    public static FinishedEvent Failed(string reason) => new() { Outcome = RunOutcome.Failed, Reason = reason };

    public static RowEvent Row(string variant, double toxicity) => new() { Row = Rows.Of(variant, toxicity) };

    public static TextsEvent Texts(params (int Prompt, string Text, double Score)[] texts) => new()
    {
        Texts = [.. texts.Select(t => new GenerationRecord
        {
            Variant = "base", Prompt = t.Prompt, PromptText = "prompt " + t.Prompt, Continuation = t.Text, Tokens = 3, Score = t.Score,
        })],
    };
}
