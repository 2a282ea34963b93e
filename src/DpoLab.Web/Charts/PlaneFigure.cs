using DpoLab.Contracts.Results;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Charts;

/// <summary>Toxicity against perplexity. Rows far to the right would squeeze all others into a strip: they are said in words at the edge.</summary>
internal sealed class PlaneFigure
{
    private const int MostNames = 16;
    private readonly IReadOnlyList<IGrouping<RowFamily, EvaluationRow>> families;

    private PlaneFigure(IReadOnlyList<EvaluationRow> rows, string title)
    {
        EvaluationRow[] known = [.. rows.Where(r => r.Toxicity is not null && r.Perplexity is not null)];
        double limit = Limit(known);
        EvaluationRow[] inside = [.. known.Where(r => r.Perplexity!.Value <= limit)];
        families = [.. inside.GroupBy(r => r.Family)];
        Shown = inside.Length;

        // more names than this cover each other: then only the base and DPO carry theirs; the others tell it on hover
        IReadOnlyCollection<EvaluationRow>? named = inside.Length <= MostNames ? null
            : [.. inside.Where(r => r.Family is RowFamily.Base or RowFamily.Dpo)];
        Figure = new ChartFigure
        {
            X = new ChartAxis { Title = title },
            Y = new ChartAxis { Title = "Toxicity", Format = ChartFormat.Fraction },
            Grid = true,
            Names = true,
            Series = [.. Front(inside), .. families.Select(g => Points(g.Key, [.. g], named))],
            Bands = [.. inside.Where(r => r.Family is RowFamily.Dpo).Take(1).Select(r => new ChartBand(r.Toxicity!.Low, r.Toxicity.High, Color: "dpo", Opacity: 0.06))],
            Labels = [.. OffPlane([.. known.Except(inside)])],
        };
    }

    public ChartFigure Figure { get; }

    public int Shown { get; }

    public static PlaneFigure Of(IReadOnlyList<EvaluationRow> rows, string title) => new(rows, title);

    /// <summary>Rows that no other row beats in toxicity and perplexity both, by perplexity.</summary>
    public static IReadOnlyList<EvaluationRow> ParetoFront(IEnumerable<EvaluationRow> rows)
    {
        var front = new List<EvaluationRow>();
        foreach (EvaluationRow row in rows.OrderBy(r => r.Perplexity!.Value).ThenBy(r => r.Toxicity!.Mean))
        {
            if (front.Count == 0 || row.Toxicity!.Mean < front[^1].Toxicity!.Mean)
                front.Add(row);
        }

        return front;
    }

    public EvaluationRow? RowAt(string series, int index) =>
        families.FirstOrDefault(g => Words.Name(g.Key) == series)?.ElementAtOrDefault(index);

    /// <summary>
    /// Greatest perplexity that is drawn: the lower three fifths of the rows, base and DPO always, and on from there until a gap that is wider
    /// than most of what is drawn already.
    /// </summary>
    private static double Limit(IReadOnlyList<EvaluationRow> rows)
    {
        if (rows.Count < 4)
            return double.PositiveInfinity;
        EvaluationRow[] sorted = [.. rows.OrderBy(r => r.Perplexity!.Value)];
        double Value(int i) => sorted[i].Perplexity!.Value;
        int last = Math.Max(
            (int)Math.Ceiling(0.6 * sorted.Length) - 1, Array.FindLastIndex(sorted, r => r.Family is RowFamily.Base or RowFamily.Dpo));
        while (last + 1 < sorted.Length && Value(last + 1) - Value(last) <= Math.Max(0.8 * (Value(last) - Value(0)), 0.02 * Value(0)))
            last++;
        return Value(last);
    }

    private static IEnumerable<ChartSeries> Front(IEnumerable<EvaluationRow> rows)
    {
        IReadOnlyList<EvaluationRow> front = ParetoFront(rows);
        if (front.Count > 1)
        {
            yield return new ChartSeries
            {
                Name = "Pareto front",
                Form = "line",
                Color = "accent",
                Dash = "base",
                Width = 1.25,
                X = [.. front.Select(r => (object)r.Perplexity!.Value)],
                Y = [.. front.Select(r => (object?)r.Toxicity!.Mean)],
            };
        }
    }

    private static ChartSeries Points(RowFamily family, IReadOnlyList<EvaluationRow> rows, IReadOnlyCollection<EvaluationRow>? named) => new()
    {
        Name = Words.Name(family),
        Form = "marks",
        Color = Words.Series(family),
        Mark = Words.Of(Words.Mark(family)),
        Size = 9,
        Strong = family is RowFamily.Base or RowFamily.Dpo,
        X = [.. rows.Select(r => (object)r.Perplexity!.Value)],
        Y = [.. rows.Select(r => (object?)r.Toxicity!.Mean)],
        Low = [.. rows.Select(r => (double?)r.Toxicity!.Low)],
        High = [.. rows.Select(r => (double?)r.Toxicity!.High)],
        Labels = [.. rows.Select(r => named is null || named.Contains(r) ? r.Variant : "")],
        Text = [.. rows.Select(Hover)],
    };

    private static string Hover(EvaluationRow r) =>
        $"<b>{r.Variant}</b><br>toxicity {Numbers.Share(r.Toxicity!.Mean)} [{Numbers.Share(r.Toxicity.Low)}, {Numbers.Share(r.Toxicity.High)}], n {Numbers.Count(r.Toxicity.Count)}<br>"
        + $"perplexity {Numbers.Perplexity(r.Perplexity!.Value)}";

    private static IEnumerable<ChartLabel> OffPlane(IReadOnlyList<EvaluationRow> rows)
    {
        const int Most = 4;
        for (int i = 0; i < Math.Min(Most, rows.Count); i++)
        {
            bool rest = i == Most - 1 && rows.Count > Most;
            string text = rest ? $"and {rows.Count - i} more →" : $"{rows[i].Variant}, {Numbers.Perplexity(rows[i].Perplexity!.Value)} →";
            yield return new ChartLabel { X = 1, Y = 0, Paper = true, Anchor = "right", Dy = -8 - (14 * (Math.Min(Most, rows.Count) - 1 - i)), Text = i == 0 ? $"off the plane: {text}" : text };
        }
    }
}
