using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Neurons;

/// <summary>What DPO did to some neurons: the figures of the page. Shares are of the whole model's reduction, so that parts add up.</summary>
public sealed record ChosenSummary
{
    private const int MostPoints = 400;

    public required int Count { get; init; }

    /// <summary>In the order TP, AN, TN, AP.</summary>
    public required IReadOnlyList<GroupSummary> Groups { get; init; }

    /// <summary>Neurons without a group: something is 0, or Δproj is not finite.</summary>
    public required int Zeros { get; init; }

    /// <summary>Σ of their reductions.</summary>
    public required double Reduction { get; init; }

    /// <summary>Of the reduction of all neurons, 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>Σ Δproj, counter-movers included.</summary>
    public required double NetChange { get; init; }

    /// <summary>The strongest first.</summary>
    public required CumulativeReduction Cumulative { get; init; }

    /// <summary>Σ projections and changes, layer by layer.</summary>
    public required IReadOnlyList<LayerProjection> Layers { get; init; }

    /// <summary>
    /// By layer: Σ of what patching them with the tuned model's means would add to the projection of that layer's MLP while everything before it
    /// stays, (m̄_tuned − m̄_base)·v·ŵ; null where a base mean is 0, so that v·ŵ is not known from the statistics.
    /// </summary>
    public required IReadOnlyList<double?> PatchEffect { get; init; }

    /// <summary>How many lie in each layer.</summary>
    public required IReadOnlyList<int> CountByLayer { get; init; }

    /// <summary>The projections with <see cref="PatchEffect"/> added, layer by layer; null where one of them is not known.</summary>
    public IReadOnlyList<double?>? Patched(IReadOnlyList<LayerProjection> layers) =>
        PatchEffect.Any(e => e is null) ? null : [.. layers.Zip(PatchEffect, (layer, effect) => (double?)(layer.Before + effect!.Value))];

    /// <summary>Sums up.</summary>
    public static ChosenSummary Of(ChosenNeurons chosen)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        NeuronTable table = chosen.Table;
        var sums = new GroupSums();
        var layers = Enumerable.Range(0, table.Layers).Select(_ => new LayerSums()).ToArray();
        var reductions = new List<double>();
        foreach (int i in chosen.Flat)
        {
            double change = table.ProjectionChange[i];
            byte code = table.Codes[i];
            sums.Add(code, change);
            layers[i / table.NeuronsPerLayer].Add(table, i, code, change);
            if (NeuronArrays.GroupOf(code) is not null)
                reductions.Add(-change);
        }

        reductions.Sort((a, b) => b.CompareTo(a));
        double reduction = reductions.Sum();
        return new ChosenSummary
        {
            Count = chosen.Count,
            Groups = sums.Summaries(table.TotalReduction),
            Zeros = sums.Zeros,
            Reduction = reduction,
            Share = table.TotalReduction == 0 ? 0 : reduction / table.TotalReduction,
            NetChange = layers.Sum(l => l.Net),
            Cumulative = Curve(reductions, table.TotalReduction),
            Layers = [.. layers.Select((l, i) => l.Projection(i))],
            PatchEffect = [.. layers.Select(l => l.Effect)],
            CountByLayer = [.. layers.Select(l => l.Count)],
        };
    }

    private static CumulativeReduction Curve(List<double> reductions, double total)
    {
        var sums = new double[reductions.Count];
        double sum = 0;
        for (int i = 0; i < sums.Length; i++)
            sums[i] = sum += reductions[i];
        int[] marks = [.. Charts.CumulativeFigure.Shares.Select(share => Array.FindIndex(sums, s => s >= share * total) + 1)];
        double step = sums.Length > 1 ? Math.Log(sums.Length) / (MostPoints - 1) : 0;
        int[] neurons = sums.Length <= MostPoints
            ? [.. Enumerable.Range(1, sums.Length)]
            : [.. Enumerable.Range(0, MostPoints).Select(i => Math.Clamp((int)Math.Round(Math.Exp(i * step)), 1, sums.Length)).Concat(marks.Where(m => m > 0)).Distinct().Order()];
        return new CumulativeReduction { Neurons = neurons, Share = [.. neurons.Select(n => total == 0 ? 0 : sums[n - 1] / total)], Marks = marks };
    }

    private sealed class GroupSums
    {
        private readonly int[] lowered = new int[4];
        private readonly int[] raised = new int[4];
        private readonly double[] reduction = new double[4];
        private readonly double[] increase = new double[4];

        public int Zeros { get; private set; }

        public void Add(byte code, double change)
        {
            if (NeuronArrays.QuadrantOf(code) is not { } quadrant)
            {
                Zeros++;
            }
            else if (NeuronArrays.GroupOf(code) is not null)
            {
                lowered[(int)quadrant]++;
                reduction[(int)quadrant] -= change;
            }
            else
            {
                raised[(int)quadrant]++;
                increase[(int)quadrant] += change;
            }
        }

        public IReadOnlyList<GroupSummary> Summaries(double total) =>
        [
            .. Enum.GetValues<NeuronGroup>().Select(group => new GroupSummary
            {
                Group = group,
                Total = lowered[(int)group] + raised[(int)group],
                Lowered = lowered[(int)group],
                Reduction = reduction[(int)group],
                Share = total == 0 ? 0 : reduction[(int)group] / total,
                Raised = raised[(int)group],
                CounterMovement = increase[(int)group],
            }),
        ];
    }

    private sealed class LayerSums
    {
        private readonly double[] groups = new double[4];
        private double before;
        private double after;
        private double counter;
        private double effect;
        private bool unknown;

        public int Count { get; private set; }

        public double Net { get; private set; }

        public double? Effect => unknown ? null : effect;

        public void Add(NeuronTable table, int i, byte code, double change)
        {
            Count++;
            before += table[NeuronColumn.ProjectionBefore][i];
            after += table[NeuronColumn.ProjectionAfter][i];
            double mean = table[NeuronColumn.ActivationBefore][i];
            if (mean == 0)
                unknown |= table[NeuronColumn.ActivationAfter][i] != 0;
            else
                effect += table[NeuronColumn.ActivationChange][i] * table[NeuronColumn.ProjectionBefore][i] / mean;
            if (!double.IsFinite(change))
                return;
            Net += change;
            if (NeuronArrays.GroupOf(code) is { } group)
                groups[(int)group] += change;
            else if (code != NeuronArrays.NoGroup)
                counter += change;
        }

        public LayerProjection Projection(int layer) =>
            new() { Layer = layer, Before = before, After = after, GroupChange = groups, CounterChange = counter };
    }
}
