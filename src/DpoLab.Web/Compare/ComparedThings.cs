using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Compare;

/// <summary>A run or a study that is compared.</summary>
public sealed record ComparedThing
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The address of its page.</summary>
    public required string Href { get; init; }

    /// <summary>A study, not a run.</summary>
    public bool IsStudy { get; init; }

    /// <summary>The specs that its settings are of: a run's own, a study's by what each of its runs is for.</summary>
    public IReadOnlyList<ComparedPart> Parts { get; init; } = [];

    /// <summary>Its rows, with the run that measured each.</summary>
    public IReadOnlyList<ComparedRow> Rows { get; init; } = [];

    /// <summary>Its curves with their last values; a study's are those of its training.</summary>
    public IReadOnlyList<SeriesSummary> Series { get; init; } = [];

    /// <summary>The run that the curves are of; null: it has none.</summary>
    public string? SeriesRunId { get; init; }

    /// <summary>The four groups; null: it measured none.</summary>
    public NeuronsResult? Neurons { get; init; }

    /// <summary>The run that measured them.</summary>
    public string? NeuronsRunId { get; init; }
}

/// <summary>A spec of a thing.</summary>
/// <param name="Key">What the run is for in its study; empty: the run itself is compared.</param>
/// <param name="RunId">The run.</param>
/// <param name="Parameters">Its settings.</param>
public sealed record ComparedPart(string Key, string RunId, RunParameters Parameters);

/// <summary>A row with the run that measured it.</summary>
public sealed record ComparedRow(string RunId, EvaluationRow Row);

/// <summary>A setting that is not the same everywhere.</summary>
/// <param name="Path">In the spec, as <c>data.newTokens</c>.</param>
/// <param name="Values">One for each thing; null: it has no such setting.</param>
/// <param name="Of">What the runs of the studies are for that differ so; a run's own settings are of one without a key.</param>
public sealed record DifferingSetting(string Path, IReadOnlyList<string?> Values, IReadOnlyList<string> Of);

/// <summary>A row's numbers in each of the things.</summary>
/// <param name="Name">As people read it.</param>
/// <param name="Variant">The row's name in the specs.</param>
/// <param name="Cells">One for each thing; null: it has no such row.</param>
public sealed record ComparedVariant(string Name, string Variant, IReadOnlyList<ComparedCell?> Cells);

/// <summary>A row's numbers in one of the things.</summary>
/// <param name="Row">The row.</param>
/// <param name="ToFirst">Toxicity minus that in the first thing that has the row, paired by the prompt's text; null: it is the first, or no prompt is shared.</param>
public sealed record ComparedCell(EvaluationRow Row, Estimate? ToFirst);

/// <summary>Runs or studies side by side.</summary>
/// <param name="Things">One a column.</param>
/// <param name="Unknown">Ids that are not in this lab.</param>
/// <param name="Settings">Null: runs and studies are mixed, whose settings are not of one kind.</param>
/// <param name="Variants">Rows.</param>
/// <param name="Overlaps">How many of the neurons that DPO lowered are the same; one for each thing.</param>
public sealed record Comparison(
    IReadOnlyList<ComparedThing> Things,
    IReadOnlyList<string> Unknown,
    IReadOnlyList<DifferingSetting>? Settings,
    IReadOnlyList<ComparedVariant> Variants,
    IReadOnlyList<GroupOverlap> Overlaps);
