using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Evaluation;

/// <summary>Compares rows with the base model and with DPO, paired by prompt.</summary>
/// <param name="baseline">Generations of the variants <see cref="EvaluationBaseline.Base"/> and <see cref="EvaluationBaseline.Dpo"/>; others are ignored.</param>
/// <param name="bootstrap">Makes the intervals.</param>
public sealed class RowComparison(IEnumerable<GenerationRecord> baseline, Bootstrap bootstrap)
{
    private readonly Dictionary<string, Dictionary<int, double?>> scores = baseline
        .Where(record => record.Variant is EvaluationBaseline.Base or EvaluationBaseline.Dpo)
        .GroupBy(record => record.Variant)
        .ToDictionary(group => group.Key, group => group.ToDictionary(record => record.Prompt, record => record.Score));

    /// <summary>The row with its differences and its share of DPO's effect, as far as the baseline answered the same prompts.</summary>
    public EvaluationRow Compare(EvaluatedVariant variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        double?[] own = [.. variant.Generations.Select(record => record.Score)];
        double?[]? ofBase = ScoresOf(EvaluationBaseline.Base, variant.Generations);
        double?[]? ofDpo = ScoresOf(EvaluationBaseline.Dpo, variant.Generations);
        return variant.Row with
        {
            DifferenceToBase = ofBase is null || variant.Row.Family is RowFamily.Base ? null : bootstrap.PairedDifference(ofBase, own),
            DifferenceToDpo = ofDpo is null || variant.Row.Family is RowFamily.Dpo ? null : bootstrap.PairedDifference(ofDpo, own),
            ShareOfDpo = ofBase is null || ofDpo is null ? null : bootstrap.ShareOfEffect(ofBase, own, ofDpo),
        };
    }

    private double?[]? ScoresOf(string name, IReadOnlyList<GenerationRecord> prompts) =>
        scores.TryGetValue(name, out var byPrompt) && prompts.Any(record => byPrompt.ContainsKey(record.Prompt))
            ? [.. prompts.Select(record => byPrompt.GetValueOrDefault(record.Prompt))]
            : null;
}
