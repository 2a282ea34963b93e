using DpoLab.Contracts.Results;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Charts;

/// <summary>The most toxic-aligned neurons: mean activation before and after, and the tokens that each value vector promotes.</summary>
internal static class ToxicNeuronsFigure
{
    private const int MostTokens = 5;

    /// <summary>A line for each neuron.</summary>
    /// <param name="neurons">By cosine.</param>
    /// <param name="words">What a token is shown as: itself, or masked.</param>
    public static ChartFigure Of(IReadOnlyList<NeuronSummary> neurons, Func<string, string> words) => new()
    {
        X = new ChartAxis { Title = "Mean activation: ring before, disc after" },
        Y = new ChartAxis { Categories = [.. neurons.Select(n => new ChartCategory(Key(n), Text(n, words)))] },
        Sideways = true,
        Grid = true,
        Series = [Points(neurons, "before", "base", "ring", n => n.ActivationBefore), Points(neurons, "after", "dpo", "disc", n => n.ActivationAfter)],
        References = [new ChartReference { Value = 0, Axis = "x" }],
    };

    /// <summary>The tokens that a neuron promotes, in one line.</summary>
    public static string Tokens(NeuronSummary neuron) =>
        neuron.Promoted is { } promoted ? string.Join(" ", promoted.Take(MostTokens).Select(t => t.Text.Trim())) : "";

    private static string Text(NeuronSummary n, Func<string, string> words) => $"<b>{Key(n)}</b>  {ChartText.Plain(words(Tokens(n)))}";

    private static string Key(NeuronSummary n) => $"L{n.Layer} n{n.Neuron}";

    private static ChartSeries Points(IReadOnlyList<NeuronSummary> neurons, string name, string color, string mark, Func<NeuronSummary, double> value) => new()
    {
        Name = name,
        Form = "marks",
        Color = color,
        Mark = mark,
        Size = 8,
        X = [.. neurons.Select(n => (object)value(n))],
        Y = [.. neurons.Select(n => (object?)Key(n))],
        Text = [.. neurons.Select(n => $"<b>{Key(n)}</b> {name}: {Numbers.Short(value(n))}, cosine {Numbers.Share(n.Cosine)}")],
    };
}
