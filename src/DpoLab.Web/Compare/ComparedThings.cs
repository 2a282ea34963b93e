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

    /// <summary>Its settings; null for a study.</summary>
    public RunParameters? Parameters { get; init; }

    /// <summary>Its rows, with the run that measured each.</summary>
    public IReadOnlyList<ComparedRow> Rows { get; init; } = [];

    /// <summary>Its curves with their last values.</summary>
    public IReadOnlyList<SeriesSummary> Series { get; init; } = [];

    /// <summary>The four groups; null: it measured none.</summary>
    public NeuronsResult? Neurons { get; init; }
}

/// <summary>A row with the run that measured it.</summary>
public sealed record ComparedRow(string RunId, EvaluationRow Row);

/// <summary>A setting that is not the same everywhere.</summary>
/// <param name="Path">In the spec, as <c>data.newTokens</c>.</param>
/// <param name="Values">One for each thing; null: it has no such setting.</param>
public sealed record DifferingSetting(string Path, IReadOnlyList<string?> Values);

/// <summary>A row's numbers in each of the things.</summary>
/// <param name="Variant">The row's name.</param>
/// <param name="Cells">One for each thing; null: it has no such row.</param>
public sealed record ComparedVariant(string Variant, IReadOnlyList<ComparedCell?> Cells);

/// <summary>A row's numbers in one of the things.</summary>
/// <param name="Row">The row.</param>
/// <param name="ToFirst">Toxicity minus that in the first thing that has the row, paired by the prompt's text; null: it is the first, or no prompt is shared.</param>
public sealed record ComparedCell(EvaluationRow Row, Estimate? ToFirst);

/// <summary>Runs or studies side by side.</summary>
public sealed record Comparison(
    IReadOnlyList<ComparedThing> Things,
    IReadOnlyList<string> Unknown,
    IReadOnlyList<DifferingSetting> Settings,
    IReadOnlyList<ComparedVariant> Variants);
