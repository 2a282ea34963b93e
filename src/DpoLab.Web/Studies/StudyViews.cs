using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Studies;

/// <summary>A study in a list.</summary>
public sealed record StudySummary
{
    public required string Id { get; init; }

    public required string Question { get; init; }

    public string? Template { get; init; }

    public required Protocol Protocol { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>States of its runs, in their order: the strip of signs.</summary>
    public required IReadOnlyList<RunLink> Runs { get; init; }

    /// <summary>Mean share done of its runs, 0 to 1.</summary>
    public required double Overall { get; init; }
}

/// <summary>A study's page.</summary>
public sealed record StudyView
{
    public required StudySummary Summary { get; init; }

    /// <summary>Markdown.</summary>
    public required string Notes { get; init; }

    /// <summary>Its runs as a graph.</summary>
    public required IReadOnlyList<StudyNode> Nodes { get; init; }

    public required StudyTable Table { get; init; }

    /// <summary>What both protocols came to; null: the study has runs of one only.</summary>
    public ProtocolsView? Protocols { get; init; }

    /// <summary>Plain sentences computed from the numbers; empty until there are any.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The neuron statistics, for the figures; null until they are there.</summary>
    public NeuronsResult? Neurons { get; init; }

    public string? NeuronsRunId { get; init; }

    /// <summary>The training; null until it is done.</summary>
    public DpoResult? Dpo { get; init; }

    public string? DpoRunId { get; init; }

    /// <summary>How many edits each sweep or search that is done has tried, by run.</summary>
    public IReadOnlyDictionary<string, int> Tried { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Runs that are worth adding now, as filled-in forms.</summary>
    public IReadOnlyList<StudyFollowUp> FollowUps { get; init; } = [];

    /// <summary>Directions that are there, with their runs.</summary>
    public IReadOnlyList<StudyDirection> Directions { get; init; } = [];
}

/// <summary>A run that could join a study: its form, filled in for the study's pair.</summary>
/// <param name="Title">Of the form.</param>
/// <param name="Address">Of the form with its fields.</param>
public sealed record StudyFollowUp(string Title, string Address);

/// <summary>A direction with the run that made it.</summary>
public sealed record StudyDirection(string RunId, string Name, DirectionResult Result);

/// <summary>A run in a study's graph.</summary>
public sealed record StudyNode
{
    /// <summary>What the run is for: <c>probe</c>, <c>dpo</c>, <c>patch</c>, …</summary>
    public required string Key { get; init; }

    public required RunSummary Run { get; init; }

    /// <summary>Ids of runs of this study that it reads from.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    /// <summary>From 0: one more than the greatest column of what it needs. Drawn left to right.</summary>
    public required int Column { get; init; }

    /// <summary>From 0, within the column.</summary>
    public required int Row { get; init; }
}

/// <summary>The paper's table: one row a variant, in groups.</summary>
public sealed record StudyTable
{
    public required IReadOnlyList<StudyTableGroup> Groups { get; init; }

    /// <summary>What made the numbers; null until the first evaluation is done.</summary>
    public EvaluationSource? Source { get; init; }

    /// <summary>The runs that the rows come from, in order.</summary>
    public required IReadOnlyList<string> Runs { get; init; }

    /// <summary>Name of the published figures' origin; null: none are known for this model.</summary>
    public string? Paper { get; init; }

    public IEnumerable<StudyTableRow> Rows => Groups.SelectMany(g => g.Rows);

    /// <summary>Rows whose numbers are there.</summary>
    public int Done => Rows.Count(r => r.Row is not null);
}

/// <summary>Rows under one heading.</summary>
public sealed record StudyTableGroup(string Title, IReadOnlyList<StudyTableRow> Rows);

/// <summary>One row, there or still to come.</summary>
public sealed record StudyTableRow
{
    /// <summary>As people read it.</summary>
    public required string Name { get; init; }

    /// <summary>As in the spec.</summary>
    public required string Variant { get; init; }

    public required RowFamily Family { get; init; }

    public required string RunId { get; init; }

    public required Data.RunState RunState { get; init; }

    /// <summary>The numbers; null until they are there.</summary>
    public EvaluationRow? Row { get; init; }

    /// <summary>Why there are no numbers: the run's reason, or what it waits for.</summary>
    public string? Missing { get; init; }

    /// <summary>The published number; null: the paper has none.</summary>
    public PaperFigure? Paper { get; init; }

    /// <summary>The Playground set to what was done here; null: it cannot do that.</summary>
    public string? Playground { get; init; }

    /// <summary>Toxicity is lower than DPO's with an interval of the paired difference that excludes 0.</summary>
    public bool BeatsDpo => Row?.DifferenceToDpo is { High: < 0 };
}

/// <summary>A published figure (science.md, section 9): scored by the Perspective API, so differences are compared, not values.</summary>
public sealed record PaperFigure(double Toxicity, double? Perplexity, double? F1, string Source);

/// <summary>How a sentence of the findings stands to the paper's claim.</summary>
public enum FindingKind
{
    /// <summary>States what came out.</summary>
    Neutral,

    /// <summary>What the paper claims holds here.</summary>
    Holds,

    /// <summary>What the paper claims does not hold here.</summary>
    DoesNotHold,

    /// <summary>The numbers do not decide it.</summary>
    Undecided,
}

/// <summary>One fact that the numbers say, with the runs it comes from.</summary>
/// <param name="Kind">How it stands to the paper's claim.</param>
/// <param name="Sentence">The fact, short.</param>
/// <param name="Runs">Where its numbers are from.</param>
public sealed record Finding(FindingKind Kind, string Sentence, IReadOnlyList<string> Runs)
{
    /// <summary>Its numbers with intervals and n, and what they cost: short sentences.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>What the paper says of it, and what this means for that; null: the paper says nothing.</summary>
    public string? Paper { get; init; }
}
