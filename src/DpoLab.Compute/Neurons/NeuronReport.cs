using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Neurons;

/// <summary>Sums up what DPO did to every neuron (science.md, section 5).</summary>
public static class NeuronReport
{
    /// <summary>Neurons named in <see cref="NeuronsResult.MostToxic"/> and <see cref="NeuronsResult.StrongestReductions"/>.</summary>
    public const int Named = 50;

    /// <summary>The k of the shares that the most toxic-aligned neurons explain; those above the model's size are left out.</summary>
    public static IReadOnlyList<int> TopToxicCounts { get; } = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

    /// <summary>Everything that the neurons page shows but the table itself.</summary>
    /// <param name="before">Base model.</param>
    /// <param name="after">Tuned model.</param>
    /// <param name="prompts">Prompts that were answered.</param>
    /// <param name="promoted">The tokens that a neuron's value vector promotes in the base model; null: not shown.</param>
    public static NeuronsResult Of(
        ModelStatistics before, ModelStatistics after, int prompts, Func<NeuronIndex, IReadOnlyList<LensToken>>? promoted = null)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var statistics = NeuronStatistics.Of(before, after);
        byte[] codes = NeuronGroups.Codes(statistics);
        int[] byCosine = NeuronRanking.ByCosine(statistics);
        int[] byReduction = NeuronRanking.ByReduction(statistics, codes, NeuronGroups.All);
        double[] fall = [.. Enumerable.Range(0, statistics.Count).Select(i => -statistics.ActivationChange(i))];
        var groups = GroupSummaries.ByProjection(statistics, codes);
        double total = groups.Sum(g => g.Reduction);
        NeuronSummary[] Name(IEnumerable<int> neurons) =>
            [.. neurons.Take(Named).Select(i => Summary(statistics, codes, i, promoted))];

        return new NeuronsResult
        {
            Layers = statistics.Layers,
            NeuronsPerLayer = statistics.NeuronsPerLayer,
            BaseTokens = before.Tokens,
            TunedTokens = after.Tokens,
            Prompts = prompts,
            Groups = groups,
            GroupsByActivation = GroupSummaries.ByActivation(statistics),
            Zeros = codes.Count(c => c == NeuronArrays.NoGroup),
            TotalReduction = total,
            NetReduction = -Enumerable.Range(0, statistics.Count).Select(statistics.ProjectionChange).Where(double.IsFinite).Sum(),
            Cumulative = CumulativeCurve.Of([.. byReduction.Select(i => -statistics.ProjectionChange(i))]),
            ByLayer = LayerProjections.Of(statistics, codes, before.MlpProjection, after.MlpProjection),
            TopToxic = TopToxicShares.Of(statistics, codes, byCosine, total, TopToxicCounts),
            ActivationChanges = ActivationChanges.Of(statistics, codes),
            CorrelationWithCosine = SampleStatistics.Pearson(fall, statistics.Cosine),
            CorrelationWithActivation = SampleStatistics.Pearson(fall, statistics.ActivationBefore),
            MostToxic = Name(byCosine),
            StrongestReductions = Name(byReduction),
            ProjectionCheck = Math.Max(before.ProjectionCheck, after.ProjectionCheck),
        };
    }

    private static NeuronSummary Summary(
        NeuronStatistics s, byte[] codes, int i, Func<NeuronIndex, IReadOnlyList<LensToken>>? promoted)
    {
        var index = new NeuronIndex(i / s.NeuronsPerLayer, i % s.NeuronsPerLayer);
        return new NeuronSummary
        {
            Layer = index.Layer,
            Neuron = index.Neuron,
            Group = NeuronArrays.GroupOf(codes[i]),
            Cosine = s.Cosine[i],
            ActivationBefore = s.ActivationBefore[i],
            ActivationAfter = s.ActivationAfter[i],
            ProjectionBefore = s.ProjectionBefore[i],
            ProjectionAfter = s.ProjectionAfter[i],
            Promoted = promoted?.Invoke(index),
        };
    }
}
