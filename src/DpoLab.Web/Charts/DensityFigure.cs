using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Charts;

/// <summary>The density of the change of the mean activation, a curve for each group, named at its highest point.</summary>
internal static class DensityFigure
{
    private static readonly Dictionary<NeuronGroup, string?> Dashes = new()
    {
        [NeuronGroup.Tp] = null,
        [NeuronGroup.An] = null,
        [NeuronGroup.Tn] = "base",
        [NeuronGroup.Ap] = "base",
    };

    public static ChartFigure Of(IReadOnlyList<ActivationDensity> curves) => new()
    {
        X = new ChartAxis { Title = "Δ mean activation" },
        Y = new ChartAxis { Title = "Density", From = 0 },
        Series = [.. curves.Select(Line)],
        Labels = [.. curves.Select(Name)],
    };

    private static ChartSeries Line(ActivationDensity curve) => new()
    {
        Name = Words.Of(curve.Group),
        Form = "line",
        Color = Words.Of(curve.Group).ToLowerInvariant(),
        Dash = Dashes[curve.Group],
        X = [.. curve.Change.Select(x => (object)x)],
        Y = [.. curve.Density.Select(y => (object?)y)],
    };

    private static ChartLabel Name(ActivationDensity curve)
    {
        int top = Enumerable.Range(0, curve.Density.Count).MaxBy(i => curve.Density[i]);
        return new ChartLabel { X = curve.Change[top], Y = curve.Density[top], Text = Words.Of(curve.Group), Bold = true, Dy = -9 };
    }
}
