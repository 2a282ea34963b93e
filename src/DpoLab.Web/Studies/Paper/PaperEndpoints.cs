using DpoLab.Web.Runs;

namespace DpoLab.Web.Studies.Paper;

/// <summary>The numbers behind the paper's figures over HTTP. The pictures are drawn in the browser.</summary>
internal static class PaperEndpoints
{
    public static void MapPaperFigures(this RouteGroupBuilder api)
    {
        Map(api.MapGroup("/studies/{id}/figures").WithTags("Studies"), (queries, id) => queries.OfStudyAsync(id));
        Map(api.MapGroup("/runs/{id}/figures").WithTags("Neurons"), (queries, id) => queries.OfRunAsync(id));
    }

    private static void Map(RouteGroupBuilder figures, Func<PaperSheetQueries, string, Task<PaperSheets?>> find)
    {
        figures.MapGet("/README.md", async (string id, PaperSheetQueries queries, HttpContext context) =>
        {
            PaperSheets sheets = await FoundAsync(id, queries);
            RunExports.Begin(context, "text/markdown", $"{id}-figures.md");
            await context.Response.WriteAsync(sheets.Readme(), context.RequestAborted);
        }).WithSummary("Captions of the paper's figures: runs, digests, scorer, seed, n, protocol.");
        figures.MapGet("/{key}.csv", async (string id, string key, PaperSheetQueries queries, HttpContext context) =>
        {
            PaperSheet sheet = Sheet(await FoundAsync(id, queries), key);
            RunExports.Begin(context, "text/csv", $"{id}-{key}.csv");
            await context.Response.WriteAsync(sheet.Table.Csv(), context.RequestAborted);
        }).WithSummary("The table behind one of the paper's figures: toxicity, groups, cumulative, layers, density, plane, toxic-neurons.");
        figures.MapGet("/{key}.json", async (string id, string key, PaperSheetQueries queries, HttpContext context) =>
        {
            PaperSheet sheet = Sheet(await FoundAsync(id, queries), key);
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"{id}-{key}.json\"";
            return TypedResults.Json(new PaperSheetData(sheet.Title, sheet.Caption, sheet.Runs, sheet.Table.Records()), Contracts.ContractJson.Indented);
        }).WithSummary("The same with its caption, as JSON.");

        async Task<PaperSheets> FoundAsync(string id, PaperSheetQueries queries) =>
            await find(queries, id) ?? throw new NotFoundException($"There is no study or run {id}.");
    }

    private static PaperSheet Sheet(PaperSheets sheets, string key) => sheets.Sheets.FirstOrDefault(sheet => sheet.Key == key)
        ?? throw new NotFoundException($"There is no figure “{key}”. There are {string.Join(", ", sheets.Sheets.Select(sheet => sheet.Key))}.");
}

/// <summary>A figure's numbers with its caption.</summary>
internal sealed record PaperSheetData(string Title, string Caption, IReadOnlyList<string> Runs, IReadOnlyList<Dictionary<string, object?>> Rows);
