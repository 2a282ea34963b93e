using DpoLab.Contracts.Results;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Charts;

/// <summary>The share of the reduction that the strongest neurons reach, over their rank, with the 50, 75 and 99 % marks.</summary>
internal static class CumulativeFigure
{
    /// <summary>What <see cref="CumulativeReduction.Marks"/> mark.</summary>
    public static IReadOnlyList<double> Shares { get; } = [0.5, 0.75, 0.99];

    /// <summary>Those that the papers name, which are marked; tables have all.</summary>
    public static IReadOnlyList<TopToxicShare> Named(IReadOnlyList<TopToxicShare> toxic) => [.. toxic.Where(top => top.K is 128 or 256)];

    public static ChartFigure Of(CumulativeReduction cumulative, IReadOnlyList<TopToxicShare> toxic, CumulativeReduction? chosen = null)
    {
        int last = cumulative.Neurons.Count > 0 ? cumulative.Neurons[^1] : 1;
        var marks = Shares.Zip(cumulative.Marks).Where(m => m.Second > 0).ToList();
        return new ChartFigure
        {
            X = new ChartAxis { Title = "Neurons, strongest reduction first", Log = true, From = 1, To = Math.Max(10, last), Format = ChartFormat.Count },
            Y = new ChartAxis { Format = ChartFormat.Percent, From = 0, To = 1.12 },
            Series =
            [
                Line("share of the reduction", "dpo", cumulative),
                .. chosen is { Neurons.Count: > 0 } ? [Line("chosen", "accent", chosen)] : Array.Empty<ChartSeries>(),
                Points("mark", "dpo", "disc", 7, marks.Select(m => ((double)m.Second, m.First, $"{Numbers.Percent(m.First)} by {Numbers.Count(m.Second)} neurons"))) with
                {
                    Labels = [.. marks.Select(m => $"{Numbers.Percent(m.First)}: {Numbers.Count(m.Second)}")],
                    Strong = true,
                },
                .. Chosen(chosen),
                Points("toxic-aligned", "tp", "up", 9, toxic.Select(t => ((double)t.K, t.Share, $"top {Numbers.Count(t.K)} toxic-aligned: {Numbers.Percent(t.Share, 1)}"))) with
                {
                    Labels = [.. toxic.Take(1).Select(_ => Toxic(toxic))],
                },
            ],
            References = [.. marks.Select(m => new ChartReference { Value = m.First, Until = m.Second })],
            Names = true,
        };
    }

    private static IEnumerable<ChartSeries> Chosen(CumulativeReduction? chosen) => chosen is { Neurons.Count: > 0 }
        ? [Points("all chosen", "accent", "disc", 5, [(chosen.Neurons[^1], chosen.Share[^1], $"chosen: {Numbers.Percent(chosen.Share[^1], 1)}")]) with
        {
            Labels = [$"chosen: {Numbers.Percent(chosen.Share[^1], 1)}"],
            Strong = true,
        }]
        : [];

    private static string Toxic(IReadOnlyList<TopToxicShare> toxic) =>
        $"toxic top {string.Join(", ", toxic.Select(t => Numbers.Count(t.K)))}: {string.Join(", ", toxic.Select(t => Numbers.Fixed(t.Share * 100, 1)))} %";

    private static ChartSeries Line(string name, string color, CumulativeReduction cumulative) => new()
    {
        Name = name,
        Form = "line",
        Color = color,
        X = [.. cumulative.Neurons.Select(n => (object)n)],
        Y = [.. cumulative.Share.Select(s => (object?)s)],
    };

    private static ChartSeries Points(string name, string color, string mark, double size, IEnumerable<(double X, double Y, string Text)> points)
    {
        var list = points.ToList();
        return new ChartSeries
        {
            Name = name,
            Form = "marks",
            Color = color,
            Mark = mark,
            Size = size,
            X = [.. list.Select(p => (object)p.X)],
            Y = [.. list.Select(p => (object?)p.Y)],
            Text = [.. list.Select(p => p.Text)],
        };
    }
}
