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
        await writer.WriteAsync(Csv.Line(["variant", .. RowCsv.Columns]));
        foreach (EvaluationRow row in run.Rows)
            await writer.WriteAsync(Csv.Line([row.Variant, .. RowCsv.Cells(row)]));
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
