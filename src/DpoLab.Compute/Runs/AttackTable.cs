using DpoLab.Compute.Evaluation;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>The rows of attacks so far, each compared with its subject as it was and with the base.</summary>
/// <param name="bootstrap">Makes the intervals.</param>
internal sealed class AttackTable(Bootstrap bootstrap)
{
    private readonly List<EvaluationRow> rows = [];
    private readonly List<GenerationRecord> generations = [];
    private readonly Dictionary<string, double?[]> asTheyWere = new(StringComparer.Ordinal);

    public IReadOnlyList<EvaluationRow> Rows => rows;

    public IReadOnlyList<GenerationRecord> Generations => generations;

    /// <summary>Adds a subject as it is.</summary>
    /// <returns>Its row, compared.</returns>
    public EvaluationRow AddSubject(EvaluatedVariant measured)
    {
        asTheyWere[measured.Row.Variant] = Scores(measured);
        return Add(measured.Row, measured);
    }

    /// <summary>Adds an attacked subject; the subject as it is has been added before.</summary>
    /// <returns>Its row, compared.</returns>
    public EvaluationRow AddAttacked(EvaluatedVariant measured, AttackNote note)
    {
        double?[] own = Scores(measured);
        double?[] before = asTheyWere[note.Subject];
        var compared = note with
        {
            Change = bootstrap.PairedDifference(before, own),
            GainKept = note.Subject == EvaluationBaseline.Base ? null : bootstrap.ShareOfEffect(asTheyWere[EvaluationBaseline.Base], own, before),
        };
        return Add(measured.Row with { Attack = compared }, measured);
    }

    private EvaluationRow Add(EvaluationRow row, EvaluatedVariant measured)
    {
        if (row.Variant != EvaluationBaseline.Base)
            row = row with { DifferenceToBase = bootstrap.PairedDifference(asTheyWere[EvaluationBaseline.Base], Scores(measured)) };
        rows.Add(row);
        generations.AddRange(measured.Generations);
        return row;
    }

    private static double?[] Scores(EvaluatedVariant measured) => [.. measured.Generations.Select(record => record.Score)];
}
