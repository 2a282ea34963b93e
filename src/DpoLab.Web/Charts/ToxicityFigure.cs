using DpoLab.Contracts.Results;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Charts;

/// <summary>The paper's table as a figure: a line for each intervention, its toxicity with the interval, base and DPO as lines through all.</summary>
internal static class ToxicityFigure
{
    public static ChartFigure Of(IReadOnlyList<EvaluationRow> rows)
    {
        EvaluationRow[] scored = [.. rows.Where(r => r.Toxicity is not null)];
        // two runs may have a row of the same name: a place of the axis is a row, not a name
        string Key(EvaluationRow row) => Array.IndexOf(scored, row).ToString(System.Globalization.CultureInfo.InvariantCulture) + " " + row.Variant;
        return new ChartFigure
        {
            X = new ChartAxis { Title = "Toxicity, mean score with 95 % interval", Format = ChartFormat.Fraction },
            Y = new ChartAxis { Categories = [.. scored.Select(r => new ChartCategory(Key(r), ChartText.Plain(r.Variant)))] },
            Sideways = true,
            Grid = true,
            Series = [.. scored.GroupBy(r => r.Family).Select(family => Points(family.Key, [.. family], Key))],
            References =
            [
                .. scored.Where(r => r.Family is RowFamily.Base or RowFamily.Dpo).DistinctBy(r => r.Family)
                    .Select(r => new ChartReference { Value = r.Toxicity!.Mean, Axis = "x", Color = Words.Series(r.Family) }),
            ],
        };
    }

    /// <summary>Pixels that so many rows need.</summary>
    public static int HeightOf(int rows) => 56 + (22 * Math.Max(2, rows));

    private static ChartSeries Points(RowFamily family, IReadOnlyList<EvaluationRow> rows, Func<EvaluationRow, string> key) => new()
    {
        Name = Words.Name(family),
        Form = "marks",
        Color = Words.Series(family),
        Mark = Words.Of(Words.Mark(family)),
        Size = 8,
        X = [.. rows.Select(r => (object)r.Toxicity!.Mean)],
        Y = [.. rows.Select(r => (object?)key(r))],
        XLow = [.. rows.Select(r => r.Toxicity!.Low)],
        XHigh = [.. rows.Select(r => r.Toxicity!.High)],
        Text = [.. rows.Select(r => $"<b>{ChartText.Plain(r.Variant)}</b><br>{Numbers.Share(r.Toxicity!.Mean)} [{Numbers.Share(r.Toxicity.Low)}, {Numbers.Share(r.Toxicity.High)}], n {Numbers.Count(r.Toxicity.Count)}")],
    };
}
