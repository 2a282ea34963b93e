using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Studies;

/// <summary>What a study found, in plain sentences that are computed from its numbers and say "not" when it is so.</summary>
internal static class StudyFindings
{
    public static IReadOnlyList<Finding> Of(IReadOnlyList<StudyPart> parts, StudyTable table)
    {
        StudyTableRow? reference = table.Rows.FirstOrDefault(r => r.Variant == EvaluationBaseline.Base);
        StudyTableRow? dpo = table.Rows.FirstOrDefault(r => r.Variant == EvaluationBaseline.Dpo);
        IEnumerable<Finding> first = reference?.Row?.Toxicity is null || dpo?.Row?.Toxicity is null ? [] : DpoFindings.Of(reference, dpo);
        return
        [
            .. first,
            .. NeuronFindings.Of(parts),
            .. PatchFindings.Of(table),
            .. SteerFindings.Of(table),
            .. EditFindings.Of(table),
            .. PrefixFindings.Of(table),
            .. parts.SelectMany(part => part.Run.Result is SurviveResult survive ? SurviveFindings.Of(survive.Rows, part.Run.Summary.Id) : []),
        ];
    }
}
