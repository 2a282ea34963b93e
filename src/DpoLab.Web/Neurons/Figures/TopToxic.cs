using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Neurons;

/// <summary>What the k most toxic-aligned neurons explain, for any k at once: the paper's 2.5 % to 24 % (science.md, section 5).</summary>
public sealed class TopToxic
{
    private readonly double[] share;
    private readonly int[] lowered;

    /// <summary>Adds up along the rank by cosine.</summary>
    public TopToxic(NeuronTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        share = new double[table.Count + 1];
        lowered = new int[table.Count + 1];
        int[] order = table.Order(NeuronColumn.ToxicRank, descending: false);
        double sum = 0;
        for (int k = 0; k < order.Length; k++)
        {
            bool takesPart = NeuronArrays.GroupOf(table.Codes[order[k]]) is NeuronGroup.Tp;
            if (takesPart)
                sum -= table.ProjectionChange[order[k]];
            lowered[k + 1] = lowered[k] + (takesPart ? 1 : 0);
            share[k + 1] = table.TotalReduction == 0 ? 0 : sum / table.TotalReduction;
        }
    }

    /// <summary>The largest k.</summary>
    public int Most => share.Length - 1;

    /// <summary>Of the k neurons of greatest cosine, those of the group TP: how many, and their reductions over Σ reduction.</summary>
    public TopToxicShare At(int k) => new(k, lowered[k], share[k]);
}
