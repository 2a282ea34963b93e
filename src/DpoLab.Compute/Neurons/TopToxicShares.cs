using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Neurons;

/// <summary>How much of the four groups' reduction the most toxic-aligned neurons explain: the paper's 2.5 % to 24 %.</summary>
public static class TopToxicShares
{
    /// <summary>For each k: of the k neurons of greatest cosine those of the group TP, and their reductions over Σ reduction.</summary>
    /// <param name="statistics">Base and tuned model.</param>
    /// <param name="codes">Of <see cref="NeuronGroups.Codes"/>.</param>
    /// <param name="byCosine">All neurons, most toxic-aligned first.</param>
    /// <param name="totalReduction">Σ reduction of the four groups.</param>
    /// <param name="counts">The values of k; those above the number of neurons are left out.</param>
    public static IReadOnlyList<TopToxicShare> Of(
        NeuronStatistics statistics, byte[] codes, int[] byCosine, double totalReduction, IEnumerable<int> counts)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(byCosine);
        TopToxicShare Share(int k)
        {
            int[] lowered = [.. byCosine.Take(k).Where(i => NeuronArrays.GroupOf(codes[i]) == NeuronGroup.Tp)];
            double reduction = -lowered.Sum(statistics.ProjectionChange);
            return new TopToxicShare(k, lowered.Length, totalReduction == 0 ? 0 : reduction / totalReduction);
        }

        return [.. counts.Where(k => k <= byCosine.Length).Select(Share)];
    }
}
