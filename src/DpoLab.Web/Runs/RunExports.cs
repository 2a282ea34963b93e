using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Web.Api;

namespace DpoLab.Web.Runs;

/// <summary>A run's data as files: true texts, exact numbers.</summary>
internal static class RunExports
{
    private const int TextsAtOnce = 2000;

    /// <summary>Every exact point: <c>name,step,value</c>.</summary>
    public static async Task MetricsAsync(string id, string? name, MetricQueries metrics, HttpContext context)
    {
        Begin(context, "text/csv", $"{id}-metrics.csv");
        await using var writer = new StreamWriter(context.Response.Body);
        await writer.WriteAsync(Csv.Line("name", "step", "value"));
        await metrics.ExportAsync(id, name, point => writer.WriteAsync(Csv.Line(point.Name, point.Step, point.Value)), context.RequestAborted);
    }

    /// <summary>Rows of an evaluation or sweep.</summary>
    public static async Task RowsAsync(string id, RunQueries queries, HttpContext context)
    {
        RunView run = await queries.FindAsync(id) ?? throw RunCommands.Missing(id);
        Begin(context, "text/csv", $"{id}-rows.csv");
        await using var writer = new StreamWriter(context.Response.Body);
        ScorerPanel? panel = (run.Result as EvaluateResult)?.Panel;
        IEnumerable<object> further = panel is null ? [] : panel.Scorers.Skip(1).SelectMany(s => new[] { $"toxicity by {s.Name}", $"low by {s.Name}", $"high by {s.Name}" });
        await writer.WriteAsync(Csv.Line(["variant", .. RowCsv.Columns, .. further]));
        foreach (EvaluationRow row in run.Rows)
        {
            IEnumerable<object?> scores = panel is null ? [] : row.PanelToxicity.SelectMany(e => new object?[] { e?.Mean, e?.Low, e?.High });
            await writer.WriteAsync(Csv.Line([row.Variant, .. RowCsv.Cells(row), .. scores]));
        }
    }

    /// <summary>Whether the scorers of a panel agree: coverage, agreement by pair, comparisons that change their order.</summary>
    public static async Task PanelAsync(string id, RunQueries queries, HttpContext context)
    {
        RunView run = await queries.FindAsync(id) ?? throw RunCommands.Missing(id);
        if (run.Result is not EvaluateResult { Panel: { } panel })
            throw new NotFoundException($"Run {id} has no panel of scorers.");
        Begin(context, "text/csv", $"{id}-panel.csv");
        await using var writer = new StreamWriter(context.Response.Body);
        await writer.WriteAsync(Csv.Line("scorer", "digest", "output", "scored", "of"));
        foreach (PanelMember scorer in panel.Scorers)
            await writer.WriteAsync(Csv.Line(scorer.Name, scorer.Digest, scorer.Output, scorer.Scored, scorer.Total));
        await writer.WriteAsync(Csv.Line("scorer", "other", "texts", "pearson", "spearman", "same_side_of_half"));
        foreach (ScorerAgreement pair in panel.Agreement)
            await writer.WriteAsync(Csv.Line(panel.Scorers[pair.First].Name, panel.Scorers[pair.Second].Name, pair.Texts, pair.Pearson, pair.Spearman, pair.SameSide));
        await writer.WriteAsync(Csv.Line("row", "other", "contradicts", "scorer", "difference", "low", "high"));
        foreach (ChangedOrder order in panel.Changed)
        {
            foreach (var (scorer, difference) in panel.Scorers.Zip(order.Differences))
                await writer.WriteAsync(Csv.Line(order.Row, order.Other, order.Contradicts, scorer.Name, difference.Mean, difference.Low, difference.High));
        }
    }

    /// <summary>Every generated text, one JSON record a line.</summary>
    public static async Task TextsAsync(string id, RunQueries queries, HttpContext context)
    {
        Begin(context, "application/jsonl", $"{id}-texts.jsonl");
        await using var writer = new StreamWriter(context.Response.Body);
        for (int skip = 0; ; skip += TextsAtOnce)
        {
            Paged<GenerationRecord> page = await queries.TextsAsync(id, new TextFilter { Skip = skip, Take = TextsAtOnce }, context.RequestAborted);
            foreach (GenerationRecord text in page.Items)
                await writer.WriteLineAsync(JsonSerializer.Serialize(text, ContractJson.Options).AsMemory(), context.RequestAborted);
            if (skip + page.Items.Count >= page.Total)
                return;
        }
    }

    internal static void Begin(HttpContext context, string type, string file)
    {
        context.Response.ContentType = type + "; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{file}\"";
    }
}
