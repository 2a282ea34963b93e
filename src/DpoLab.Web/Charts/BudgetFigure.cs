using DpoLab.Contracts.Results;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Charts;

/// <summary>Rows that differ in one number, as a line.</summary>
/// <param name="Name">At the line's end and in legends.</param>
/// <param name="Family">Decides colour and dash.</param>
/// <param name="Points">By rising number.</param>
public sealed record BudgetLine(string Name, RowFamily Family, IReadOnlyList<(double X, EvaluationRow Row)> Points);

/// <summary>Toxicity or perplexity against a number: how many neurons are patched, how much of an attack is spent.</summary>
internal static class BudgetFigure
{
    /// <summary>A perplexity so many times another needs a logarithmic axis.</summary>
    private const double Far = 6;

    /// <summary>Longer names at the lines' ends would take the plot's room: then the legend alone has them.</summary>
    private const int LongestEndLabel = 16;

    /// <summary>Dashes in SVG of the tokens that charts.js knows.</summary>
    private static readonly Dictionary<string, string> SvgDashes = new(StringComparer.Ordinal) { ["base"] = "5 3", ["patched"] = "2 3", ["edited"] = "8 3 2 3" };

    /// <summary>Toxicity with its 95 % band.</summary>
    public static ChartFigure Toxicity(IReadOnlyList<BudgetLine> lines, ChartAxis x, IReadOnlyList<ChartReference>? references = null) => new()
    {
        X = x,
        Y = new ChartAxis { Title = "Toxicity", Format = ChartFormat.Fraction },
        Series = [.. lines.Select((line, i) => Line(lines, i, line.Points.Where(p => p.Row.Toxicity is not null), row => row.Toxicity!.Mean, band: true))],
        References = references ?? [],
    };

    /// <summary>Perplexity; without intervals, since the text is one.</summary>
    public static ChartFigure Perplexity(IReadOnlyList<BudgetLine> lines, ChartAxis x, IReadOnlyList<ChartReference>? references = null)
    {
        double[] values = [.. lines.SelectMany(line => line.Points).Select(p => p.Row.Perplexity?.Value).OfType<double>()];
        return new ChartFigure
        {
            X = x,
            Y = new ChartAxis { Title = "Perplexity", Log = values.Length > 0 && values.Max() > Far * values.Min() },
            Series = [.. lines.Select((line, i) => Line(lines, i, line.Points.Where(p => p.Row.Perplexity is not null), row => row.Perplexity!.Value, band: false))],
            References = references ?? [],
        };
    }

    /// <summary>A line's dashes for its legend; null: solid.</summary>
    public static string? SvgDash(IReadOnlyList<BudgetLine> lines, int index) => Dash(lines, index) is { } dash ? SvgDashes[dash] : null;

    /// <summary>The base is dashed; other lines of one colour are told apart by theirs, the first of them being solid.</summary>
    private static string? Dash(IReadOnlyList<BudgetLine> lines, int index)
    {
        string series = Words.Series(lines[index].Family);
        int before = lines.Take(index).Count(line => Words.Series(line.Family) == series);
        return lines[index].Family is RowFamily.Base ? "base" : before == 0 ? null : before % 2 == 1 ? "patched" : "edited";
    }

    private static ChartSeries Line(
        IReadOnlyList<BudgetLine> lines, int index, IEnumerable<(double X, EvaluationRow Row)> points, Func<EvaluationRow, double> y, bool band)
    {
        var known = points.ToList();
        return new ChartSeries
        {
            Name = lines[index].Name,
            Form = "line",
            Color = Words.Series(lines[index].Family),
            Dash = Dash(lines, index),
            Marked = true,
            EndLabel = lines.All(line => line.Name.Length <= LongestEndLabel) ? lines[index].Name : null,
            X = [.. known.Select(p => (object)p.X)],
            Y = [.. known.Select(p => (object?)y(p.Row))],
            Low = band ? [.. known.Select(p => (double?)p.Row.Toxicity!.Low)] : null,
            High = band ? [.. known.Select(p => (double?)p.Row.Toxicity!.High)] : null,
        };
    }
}
