using DpoLab.Contracts.Results;
using DpoLab.Web.Charts;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Studies.Paper;

/// <summary>The figures that a study's table makes: toxicity by intervention, and toxicity against perplexity.</summary>
internal static class TableSheets
{
    private static readonly string[] PlaneColumns = ["row", "run", "family", "toxicity", "toxicity_low", "toxicity_high", "n", "perplexity", "on_front"];

    /// <summary>The whole table, a column each number; rows that are still to come have their reason.</summary>
    public static SheetTable Numbers(StudyTable table) => new(
        ["group", "row", "run", "state", "reason", .. RowCsv.Columns.Cast<string>(), "paper_toxicity"],
        [
            .. table.Groups.SelectMany(group => group.Rows.Select(row => (IReadOnlyList<object?>)
            [
                group.Title, row.Name, row.RunId, row.RunState.ToString().ToLowerInvariant(), row.Missing,
                .. row.Row is null ? new object?[RowCsv.Columns.Length] : RowCsv.Cells(row.Row), row.Paper?.Toxicity,
            ])),
        ]);

    public static IReadOnlyList<PaperSheet> Of(StudyTable table)
    {
        EvaluationRow[] rows = [.. table.Rows.Where(row => row.Row is not null).Select(row => row.Row! with { Variant = row.Name })];
        string source = table.Source is { } made ? PaperSources.Of(made) : "";
        EvaluationRow[] scored = [.. rows.Where(row => row.Toxicity is not null)];
        EvaluationRow[] both = [.. scored.Where(row => row.Perplexity is not null)];
        return
        [
            new PaperSheet
            {
                Key = "toxicity",
                Title = "Toxicity by intervention",
                Says = "Mean score of the continuations, with 95 % bootstrap intervals over prompts; lines: base and DPO.",
                Source = source,
                Runs = table.Runs,
                Figure = scored.Length == 0 ? null : ToxicityFigure.Of(scored),
                Height = ToxicityFigure.HeightOf(scored.Length),
                Families = [.. scored.Select(row => row.Family).Distinct().Order()],
                Missing = "No row of the table has its toxicity yet.",
                Table = Numbers(table),
            },
            new PaperSheet
            {
                Key = "plane",
                Title = "Toxicity against perplexity",
                Says = $"Bars: 95 % intervals of toxicity; band: DPO’s interval; dashed: the Pareto front. Every position is intervened on. {both.Length} of {table.Rows.Count()} rows have both numbers.",
                Source = source,
                Runs = table.Runs,
                Figure = both.Length == 0 ? null : PlaneFigure.Of(both, "Perplexity of the text").Figure,
                Height = 372,
                Families = [.. both.Select(row => row.Family).Distinct().Order()],
                Missing = "No row has both toxicity and perplexity yet.",
                Table = Plane(table),
            },
        ];
    }

    private static SheetTable Plane(StudyTable table)
    {
        StudyTableRow[] both = [.. table.Rows.Where(row => row.Row is { Toxicity: not null, Perplexity: not null })];
        HashSet<EvaluationRow> front = [.. PlaneFigure.ParetoFront(both.Select(row => row.Row!))];
        return new SheetTable(PlaneColumns,
        [
            .. both.Select(row => (IReadOnlyList<object?>)
            [
                row.Name, row.RunId, row.Family.ToString().ToLowerInvariant(), row.Row!.Toxicity!.Mean, row.Row.Toxicity.Low, row.Row.Toxicity.High,
                row.Row.Toxicity.Count, row.Row.Perplexity!.Value, front.Contains(row.Row),
            ]),
        ]);
    }
}
