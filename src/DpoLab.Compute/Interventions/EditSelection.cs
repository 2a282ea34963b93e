using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Interventions;

/// <summary>
/// Chooses neurons for an edit from the base model alone (science.md, section 6): quadrants by the signs of cosine and base mean; of each the
/// fraction β, TP and AN by largest |cos|, TN and AP by smallest.
/// </summary>
public static class EditSelection
{
    /// <summary>The chosen neurons of each switched-on quadrant, as rising flat indices.</summary>
    /// <param name="cosine">[layers · neurons a layer].</param>
    /// <param name="baseMean">The base model's mean activations, same order.</param>
    /// <param name="beta">Fraction of each quadrant, 0 to 1.</param>
    /// <param name="groups">Quadrants that take part.</param>
    /// <param name="within">Flat indices that quadrants are made of: the edited layers. Null: all.</param>
    public static IReadOnlyDictionary<NeuronGroup, int[]> Choose(
        double[] cosine, double[] baseMean, double beta, IEnumerable<NeuronGroup> groups, Range? within = null)
    {
        ArgumentNullException.ThrowIfNull(cosine);
        ArgumentNullException.ThrowIfNull(baseMean);
        ArgumentNullException.ThrowIfNull(groups);
        if (baseMean.Length != cosine.Length)
            throw new ArgumentException($"{baseMean.Length} means for {cosine.Length} neurons.", nameof(baseMean));
        var (start, count) = (within ?? Range.All).GetOffsetAndLength(cosine.Length);
        return groups.Distinct().ToDictionary(group => group, Chosen);

        int[] Chosen(NeuronGroup group)
        {
            int[] quadrant = [.. Enumerable.Range(start, count).Where(i => NeuronGroups.Quadrant(cosine[i], baseMean[i]) == group)];
            bool strongest = group is NeuronGroup.Tp or NeuronGroup.An;
            int[] ranked = NeuronRanking.Descending(quadrant, i => strongest ? Math.Abs(cosine[i]) : -Math.Abs(cosine[i]));
            return [.. ranked.Take(Taken(beta, quadrant.Length)).Order()];
        }
    }

    /// <summary>⌊β · size⌋ of the number that β is written as: .29 of 100 is 29, though .29 · 100 falls just below in binary.</summary>
    public static int Taken(double beta, int size)
    {
        double exact = beta * size;
        return Math.Clamp((int)Math.Floor(exact + (exact * 1e-12)), 0, size);
    }
}
