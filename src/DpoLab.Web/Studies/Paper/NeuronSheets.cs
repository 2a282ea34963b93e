using DpoLab.Contracts.Results;
using DpoLab.Web.Charts;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Studies.Paper;

/// <summary>The figures that neuron statistics make: groups, cumulative reduction, layers, density, the most toxic neurons.</summary>
internal static class NeuronSheets
{
    /// <summary>As many as fit on a page.</summary>
    private const int MostToxic = 20;

    private static readonly (string Key, string Title)[] All =
    [
        ("groups", "The four groups"), ("cumulative", "Cumulative reduction"), ("layers", "Projection by layer"), ("density", "Change of the activation"),
        ("toxic-neurons", "The most toxic-aligned neurons"),
    ];

    /// <summary>All of them, with the reason why they are not there.</summary>
    public static IReadOnlyList<PaperSheet> Missing(string reason) =>
        [.. All.Select(sheet => new PaperSheet { Key = sheet.Key, Title = sheet.Title, Says = "", Source = "", Runs = [], Missing = reason })];

    /// <summary>All of them, as far as they can be drawn.</summary>
    /// <param name="run">The run of neuron statistics.</param>
    /// <param name="result">Its result.</param>
    /// <param name="all">Every neuron; null: they cannot be had now.</param>
    /// <param name="problem">Why not.</param>
    public static IReadOnlyList<PaperSheet> Of(RunView run, NeuronsResult result, NeuronView? all, string? problem)
    {
        string source = PaperSources.Of(run, result);
        PaperSheet Sheet(string key, string says) => new() { Key = key, Title = All.First(s => s.Key == key).Title, Says = says, Source = source, Runs = [run.Summary.Id] };
        return
        [
            Groups(Sheet("groups", $"Σ Δproj of the neurons that DPO lowered (filled) and of those that moved against it (outlined). Σ reduction {Numbers.Short(result.TotalReduction)}, net {Numbers.Short(result.NetReduction)}; {Numbers.Count(result.Zeros)} neurons without a group are left out."), result),
            Cumulative(Sheet("cumulative", "Share of Σ reduction that the strongest neurons reach, with the 50, 75 and 99 % marks; triangles: the k most toxic-aligned neurons."), result),
            Layers(Sheet("layers", "Projection of the MLP output on the direction before (dashed) and after (solid)."), result, all),
            Density(Sheet("density", "Density of the change of the mean activation of lowered neurons, by group; the outer 1 % at either end is cut off."), all, problem),
            Toxic(Sheet("toxic-neurons", "By cosine of the value vector with the direction: mean activation before and after, and the tokens that it promotes."), result),
        ];
    }

    private static PaperSheet Groups(PaperSheet sheet, NeuronsResult result) => sheet with
    {
        Figure = GroupFigure.Of(result.Groups),
        Table = new SheetTable(["group", "neurons", "lowered", "reduction", "share", "raised", "counter_movement"],
            [.. result.Groups.Select(g => (IReadOnlyList<object?>)[Words.Of(g.Group), g.Total, g.Lowered, g.Reduction, g.Share, g.Raised, g.CounterMovement])]),
    };

    private static PaperSheet Cumulative(PaperSheet sheet, NeuronsResult result)
    {
        CumulativeReduction curve = result.Cumulative;
        IEnumerable<object?[]> marks = CumulativeFigure.Shares.Zip(curve.Marks).Where(m => m.Second > 0).Select(m => new object?[] { "mark", m.Second, m.First, null });
        return sheet with
        {
            Figure = CumulativeFigure.Of(curve, CumulativeFigure.Named(result.TopToxic)),
            Table = new SheetTable(["kind", "neurons", "share", "lowered"],
                [.. curve.Neurons.Zip(curve.Share).Select(p => new object?[] { "curve", p.First, p.Second, null }), .. marks, .. result.TopToxic.Select(t => new object?[] { "toxic-aligned", t.K, t.Share, t.Lowered })]),
        };
    }

    private static PaperSheet Layers(PaperSheet sheet, NeuronsResult result, NeuronView? all)
    {
        IReadOnlyList<double?>? patched = all?.Summary.Patched(result.ByLayer);
        return sheet with
        {
            Says = sheet.Says + (patched is null ? "" : " Dotted: the base patched with the tuned model’s means, each layer for itself."),
            Figure = LayerProjectionFigure.Of(result.ByLayer, patched),
            Table = new SheetTable(["layer", "before", "after", "patched", "change_tp", "change_an", "change_tn", "change_ap", "change_raised"],
                [.. result.ByLayer.Select(l => (IReadOnlyList<object?>)[l.Layer, l.Before, l.After, patched?[l.Layer], .. l.GroupChange.Cast<object?>(), l.CounterChange])]),
        };
    }

    private static PaperSheet Density(PaperSheet sheet, NeuronView? all, string? problem)
    {
        IReadOnlyList<ActivationDensity> curves = all?.Density ?? [];
        return sheet with
        {
            Figure = curves.Count == 0 ? null : DensityFigure.Of(curves),
            Missing = problem ?? "Fewer than two lowered neurons: no density to draw.",
            Table = new SheetTable(["group", "neurons", "outside", "change", "density"],
                [.. curves.SelectMany(c => c.Change.Zip(c.Density, (x, y) => new object?[] { Words.Of(c.Group), c.Count, c.Outside, x, y }))]),
        };
    }

    private static PaperSheet Toxic(PaperSheet sheet, NeuronsResult result)
    {
        NeuronSummary[] neurons = [.. result.MostToxic.Take(MostToxic)];
        return sheet with
        {
            Figure = neurons.Length == 0 ? null : ToxicNeuronsFigure.Of(neurons, static token => token),
            MaskedFigure = neurons.Length == 0 ? null : ToxicNeuronsFigure.Of(neurons, SlurMask.Mask),
            Missing = "The result names no neuron.",
            Height = ToxicityFigure.HeightOf(neurons.Length),
            Table = new SheetTable(["layer", "neuron", "group", "cosine", "activation_before", "activation_after", "projection_before", "projection_after", "promoted"],
                [.. neurons.Select(n => (IReadOnlyList<object?>)
                [
                    n.Layer, n.Neuron, n.Group is { } group ? Words.Of(group) : null, n.Cosine, n.ActivationBefore, n.ActivationAfter, n.ProjectionBefore, n.ProjectionAfter,
                    n.Promoted is { } promoted ? string.Join(" | ", promoted.Select(t => t.Text)) : null,
                ])]),
        };
    }
}
