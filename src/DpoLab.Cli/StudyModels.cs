using DpoLab.Contracts.Results;

namespace DpoLab.Cli;

/// <summary>A study as the API gives it, as far as the terminal shows it.</summary>
internal sealed record Study(StudyHead Summary, IReadOnlyList<StudyRun> Nodes, StudyTable Table, IReadOnlyList<StudyFinding> Findings)
{
    /// <summary>True when nothing runs and nothing can start any more.</summary>
    public bool IsOver => Nodes.All(n => n.Run.Status.State is "succeeded" or "failed" or "cancelled" || n.Run.Status.Blocked);
}

internal sealed record StudyHead(string Id, string Question);

internal sealed record StudyRun(string Key, Run Run);

internal sealed record Run(string Id, string Name, RunStatus Status, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt);

internal sealed record RunStatus(
    string State,
    bool Blocked,
    int? Place,
    string? Stage,
    double? Done,
    double? Total,
    string? Unit,
    double? Rate,
    double? Overall,
    DateTimeOffset? ExpectedEnd,
    string? Reason);

internal sealed record StudyTable(IReadOnlyList<StudyTableGroup> Groups);

internal sealed record StudyTableGroup(string Title, IReadOnlyList<StudyTableRow> Rows);

internal sealed record StudyTableRow(string Name, TableNumbers? Row, string? Missing);

/// <summary>The numbers of a row: what <see cref="EvaluationRow"/> holds, without what was done.</summary>
internal sealed record TableNumbers(
    int? Neurons,
    Estimate? Toxicity,
    Estimate? ShareOfDpo,
    PerplexityResult? Perplexity,
    PerplexityResult? PublishedPerplexity,
    Estimate? F1,
    Estimate? Repetition,
    Verdict Verdict);

/// <summary>A fact, its numbers, and what it means for the paper's claim.</summary>
internal sealed record StudyFinding(string Sentence, IReadOnlyList<string> Details, string? Paper)
{
    /// <summary>All of it, sentence by sentence.</summary>
    public IEnumerable<string> Words => [Sentence, .. Details, .. new[] { Paper }.OfType<string>()];
}
