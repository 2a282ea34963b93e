using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.NeuronSets;

namespace DpoLab.Web.Compare;

/// <summary>How many of the neurons that DPO lowered are the same in two measured pairs of one shape.</summary>
/// <param name="ToFirst">By group; empty: there is nothing to compare with.</param>
/// <param name="Neurons">All neurons of the model.</param>
/// <param name="Missing">Why they could not be compared; null: they could, or there is nothing to compare with.</param>
public sealed record GroupOverlap(IReadOnlyDictionary<NeuronGroup, NeuronSetComparison> ToFirst, int Neurons, string? Missing)
{
    public static GroupOverlap None { get; } = new(new Dictionary<NeuronGroup, NeuronSetComparison>(), 0, null);

    /// <summary>Compares group by group.</summary>
    public static GroupOverlap Of(NeuronTable first, NeuronTable other)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(other);
        if ((first.Layers, first.NeuronsPerLayer) != (other.Layers, other.NeuronsPerLayer))
        {
            return None with
            {
                Missing = $"{other.Layers} layers of {other.NeuronsPerLayer} neurons, the first has {first.Layers} of {first.NeuronsPerLayer}: they cannot be matched",
            };
        }

        var (before, after) = (Lowered(first), Lowered(other));
        return new GroupOverlap(
            Enum.GetValues<NeuronGroup>().ToDictionary(
                group => group, group => NeuronSetComparison.Of([.. before[group]], [.. after[group]], first.Layers, first.NeuronsPerLayer)),
            first.Count,
            null);
    }

    private static ILookup<NeuronGroup?, int> Lowered(NeuronTable table) => Enumerable.Range(0, table.Count).ToLookup(table.GroupOf);
}
