using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Neurons;

/// <summary>Counts and sums of the four groups, by either rule (science.md, section 5).</summary>
public static class GroupSummaries
{
    /// <summary>By the change of the projection: group proper = lowered, counter-movers = raised.</summary>
    /// <param name="statistics">Base and tuned model.</param>
    /// <param name="codes">Of <see cref="NeuronGroups.Codes"/>.</param>
    public static IReadOnlyList<GroupSummary> ByProjection(NeuronStatistics statistics, byte[] codes)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(codes);
        var tallies = new Tallies();
        for (int i = 0; i < codes.Length; i++)
        {
            if (NeuronArrays.QuadrantOf(codes[i]) is { } quadrant)
                tallies.Add(quadrant, NeuronArrays.GroupOf(codes[i]) is not null, statistics.ProjectionChange(i));
        }

        return tallies.Summaries();
    }

    /// <summary>
    /// By the change of the activation: a group's reduction is −Σ Δproj over the neurons whose activation moved as the rule says, those whose
    /// projection rose all the same included.
    /// </summary>
    public static IReadOnlyList<GroupSummary> ByActivation(NeuronStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        var tallies = new Tallies();
        for (int i = 0; i < statistics.Count; i++)
        {
            var quadrant = NeuronGroups.Quadrant(statistics.Cosine[i], statistics.ActivationBefore[i]);
            if (NeuronGroups.FollowsByActivation(quadrant, statistics.ActivationChange(i)) is { } follows)
                tallies.Add(quadrant!.Value, follows, statistics.ProjectionChange(i));
        }

        return tallies.Summaries();
    }

    private sealed class Tallies
    {
        private readonly int[] within = new int[4];
        private readonly int[] against = new int[4];
        private readonly double[] reduction = new double[4];
        private readonly double[] increase = new double[4];

        public void Add(NeuronGroup quadrant, bool isWithin, double projectionChange)
        {
            int g = (int)quadrant;
            (isWithin ? within : against)[g]++;
            if (isWithin)
                reduction[g] -= projectionChange;
            else
                increase[g] += projectionChange;
        }

        public IReadOnlyList<GroupSummary> Summaries()
        {
            double total = reduction.Sum();
            return
            [
                .. NeuronGroups.All.Select(group => new GroupSummary
                {
                    Group = group,
                    Total = within[(int)group] + against[(int)group],
                    Lowered = within[(int)group],
                    Reduction = reduction[(int)group],
                    Share = total == 0 ? 0 : reduction[(int)group] / total,
                    Raised = against[(int)group],
                    CounterMovement = increase[(int)group],
                }),
            ];
        }
    }
}
