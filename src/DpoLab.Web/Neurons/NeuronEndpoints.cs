using System.Runtime.InteropServices;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;
using Microsoft.AspNetCore.Mvc;

namespace DpoLab.Web.Neurons;

/// <summary>Which neurons, as the page's address says it.</summary>
/// <param name="Where">A condition.</param>
/// <param name="Box">left,right,bottom,top on the axes.</param>
/// <param name="Lasso">As the page writes it.</param>
/// <param name="X">A statistic; cosine by default.</param>
/// <param name="Y">A statistic; projection-change by default.</param>
internal sealed record NeuronQuery(string? Where, string? Box, string? Lasso, string? X, string? Y)
{
    public NeuronFilter Filter => NeuronFilter.Of(Where, Box, Lasso, X, Y);
}

/// <summary>A neuron in the API.</summary>
internal sealed record NeuronRow(
    int Layer, int Neuron, NeuronGroup? Group, double Cosine, double ActivationBefore, double ActivationAfter, double DeviationBefore,
    double DeviationAfter, double ProjectionBefore, double ProjectionAfter, int ToxicRank)
{
    public static NeuronRow Of(NeuronTable table, int i) => new(
        i / table.NeuronsPerLayer, i % table.NeuronsPerLayer, table.GroupOf(i), table.Cosine[i], table[NeuronColumn.ActivationBefore][i],
        table[NeuronColumn.ActivationAfter][i], table[NeuronColumn.DeviationBefore][i], table[NeuronColumn.DeviationAfter][i],
        table[NeuronColumn.ProjectionBefore][i], table[NeuronColumn.ProjectionAfter][i], (int)table[NeuronColumn.ToxicRank][i]);
}

/// <summary>Neurons over HTTP: what the map draws, and what notebooks read.</summary>
internal static class NeuronEndpoints
{
    public static void MapNeurons(this RouteGroupBuilder api)
    {
        RouteGroupBuilder neurons = api.MapGroup("/runs/{id}/neurons").WithTags("Neurons");
        neurons.MapGet("/", ListAsync).WithSummary("Neurons that a condition or region holds, sorted (sort: a statistic), a page at a time.").ProducesValidationProblem();
        neurons.MapGet("/summary", async (string id, [AsParameters] NeuronQuery query, NeuronViews views) => (await ChooseAsync(views, id, query)).Summary)
            .WithSummary("Groups, cumulative reduction and layers of the chosen neurons.").ProducesValidationProblem();
        neurons.MapGet("/points", PointsAsync).WithSummary("Little-endian: float32 x and float32 y of every neuron, then a byte each (0 none, 1 TP, 2 AN, 3 TN, 4 AP, 5 to 8 their counter-movers).");
        neurons.MapGet("/chosen", ChosenAsync).WithSummary("One bit a neuron, lowest first: whether it is chosen.").ProducesValidationProblem();
        neurons.MapGet("/column/{name}", ColumnAsync).WithSummary("One statistic of every neuron in order of layer and index: little-endian float32.");
        neurons.MapGet("/neurons.csv", CsvAsync).WithSummary("The chosen neurons as CSV, exact numbers.").ProducesValidationProblem();
        neurons.MapGet("/neurons.parquet", ParquetAsync).WithSummary("The chosen neurons as Parquet.").ProducesValidationProblem();
    }

    private static async Task<Paged<NeuronRow>> ListAsync(
        string id, [AsParameters] NeuronQuery query, [FromQuery] string? sort, bool? descending, int? skip, int? take, NeuronViews views)
    {
        NeuronView view = await ChooseAsync(views, id, query);
        NeuronColumn column = sort is null ? NeuronColumn.ProjectionChange : NeuronColumnWords.Find(sort) ?? throw NoColumn("sort", sort);
        IReadOnlyList<int> page = view.Chosen.Page(column, descending ?? false, Math.Max(0, skip ?? 0), Math.Clamp(take ?? 50, 1, 10_000));
        return new Paged<NeuronRow>([.. page.Select(i => NeuronRow.Of(view.Table, i))], view.Chosen.Count);
    }

    private static async Task PointsAsync(string id, [AsParameters] NeuronQuery query, NeuronTables tables, HttpContext context)
    {
        NeuronTable table = await tables.GetAsync(id);
        NeuronFilter filter = query.Filter;
        var bytes = new byte[table.Count * 9];
        Span<float> values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(0, table.Count * 8));
        Narrow(table[filter.X], values[..table.Count]);
        Narrow(table[filter.Y], values[table.Count..]);
        table.Codes.CopyTo(bytes, table.Count * 8);
        await SendAsync(bytes, context);
    }

    private static async Task ChosenAsync(string id, [AsParameters] NeuronQuery query, NeuronViews views, HttpContext context) =>
        await SendAsync((await ChooseAsync(views, id, query)).Chosen.Bits(), context);

    private static async Task ColumnAsync(string id, string name, NeuronTables tables, HttpContext context)
    {
        NeuronTable table = await tables.GetAsync(id);
        var values = new float[table.Count];
        Narrow(table[NeuronColumnWords.Find(name) ?? throw NoColumn("name", name)], values);
        await SendAsync(MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), context);
    }

    private static async Task CsvAsync(string id, [AsParameters] NeuronQuery query, NeuronViews views, HttpContext context)
    {
        ChosenNeurons chosen = (await ChooseAsync(views, id, query)).Chosen;
        RunExports.Begin(context, "text/csv", $"{id}-neurons.csv");
        await using var writer = new StreamWriter(context.Response.Body);
        await NeuronExports.CsvAsync(chosen, writer, context.RequestAborted);
    }

    private static async Task ParquetAsync(string id, [AsParameters] NeuronQuery query, NeuronViews views, HttpContext context)
    {
        ChosenNeurons chosen = (await ChooseAsync(views, id, query)).Chosen;
        // the writer needs a stream that it can seek in
        using var file = new MemoryStream();
        await NeuronExports.ParquetAsync(chosen, file, context.RequestAborted);
        context.Response.ContentType = "application/vnd.apache.parquet";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{id}-neurons.parquet\"";
        context.Response.ContentLength = file.Length;
        file.Position = 0;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static async Task<NeuronView> ChooseAsync(NeuronViews views, string id, NeuronQuery query)
    {
        try
        {
            return await views.GetAsync(id, query.Filter);
        }
        catch (ConditionException e)
        {
            throw new InputRefusedException("where", e.Message);
        }
    }

    private static InputRefusedException NoColumn(string field, string name) => new(
        field, $"“{name}” is no statistic of neurons. There are {string.Join(", ", NeuronColumnWords.All.Select(c => c.Name))}.");

    private static void Narrow(double[] from, Span<float> to)
    {
        for (int i = 0; i < from.Length; i++)
            to[i] = (float)from[i];
    }

    private static async Task SendAsync(byte[] bytes, HttpContext context)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = bytes.Length;
        // what a succeeded run has written never changes; a retried run has another id or has not succeeded before
        context.Response.Headers.CacheControl = "private, max-age=3600";
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
