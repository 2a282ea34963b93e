using System.Security.Claims;
using System.Text.Json;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Api;
using Microsoft.AspNetCore.Mvc;

namespace DpoLab.Web.Datasets;

/// <summary>A file on the compute host to add.</summary>
public sealed record DatasetRequest(
    string Path, DatasetKind Kind, string? Name = null, IReadOnlyDictionary<string, string>? Columns = null, string? Licence = null, string? Service = null);

/// <summary>Datasets over HTTP.</summary>
internal static class DatasetEndpoints
{
    public static void MapDatasets(this RouteGroupBuilder api)
    {
        RouteGroupBuilder datasets = api.MapGroup("/datasets").WithTags("Datasets");
        datasets.MapGet("/", (DatasetQueries queries, string? kind, CancellationToken cancel) =>
            queries.ListAsync(kind is null ? null : QueryWords.Parse<DatasetKind>("kind", kind)[0], cancel)).WithSummary("Datasets, by name.");
        datasets.MapPost("/", AddAsync).WithSummary("Adds a file on the compute host.").ProducesValidationProblem();
        datasets.MapPost("/upload", UploadAsync).DisableAntiforgery().WithSummary("Uploads, checks and adds a file (multipart: file, kind, name, columns, licence).").ProducesValidationProblem();
        datasets.MapDelete("/{id:int}", (int id, DatasetCommands commands, ClaimsPrincipal user, CancellationToken cancel) =>
            commands.RemoveAsync(id, user.Actor(), cancel)).WithSummary("Takes a dataset off the list; the file stays.");
    }

    private static async Task<DatasetView> AddAsync(
        DatasetRequest request, DatasetCommands commands, DatasetQueries queries, ClaimsPrincipal user, HttpResponse response, CancellationToken cancellationToken)
    {
        DatasetAddition added = await commands.AddByPathAsync(
            request.Path,
            new NewDataset { Name = request.Name, Kind = request.Kind, Columns = request.Columns, Licence = request.Licence ?? "", Service = request.Service },
            user.Actor(),
            cancellationToken);
        return await CreatedAsync(added, queries, response, cancellationToken);
    }

    private static async Task<DatasetView> UploadAsync(
        IFormFile file, [FromForm] string kind, [FromForm] string? name, [FromForm] string? columns, [FromForm] string? licence, [FromForm] string? service,
        DatasetCommands commands, DatasetQueries queries, ClaimsPrincipal user, HttpResponse response, CancellationToken cancellationToken)
    {
        DatasetKind parsed = QueryWords.Parse<DatasetKind>("kind", kind)[0];
        await using Stream content = file.OpenReadStream();
        var dataset = new NewDataset { Name = name, Kind = parsed, Columns = ReadColumns(columns), Licence = licence ?? "", Service = service };
        DatasetAddition added = await commands.UploadAsync(content, file.FileName, dataset, user.Actor(), cancellationToken);
        return await CreatedAsync(added, queries, response, cancellationToken);
    }

    private static IReadOnlyDictionary<string, string>? ReadColumns(string? columns)
    {
        if (string.IsNullOrWhiteSpace(columns))
            return null;
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(columns);
        }
        catch (JsonException e)
        {
            throw new InputRefusedException("columns", $"The columns are not a JSON object of role to column, such as {{\"text\": \"comment_text\"}}: {e.Message}");
        }
    }

    /// <summary>A file with a bad record is a refused field, with its row and column.</summary>
    private static async Task<DatasetView> CreatedAsync(DatasetAddition added, DatasetQueries queries, HttpResponse response, CancellationToken cancellationToken)
    {
        if (added.Report.Problem is { } problem)
            throw new InputRefusedException("file", Words(problem));
        response.StatusCode = StatusCodes.Status201Created;
        return (await queries.FindAsync(added.Id!.Value, cancellationToken))!;
    }

    private static string Words(DatasetProblem problem) => (problem.Row, problem.Column) switch
    {
        ({ } row, { } column) => $"Row {row}, column '{column}': {problem.Message}",
        ({ } row, null) => $"Row {row}: {problem.Message}",
        (null, { } column) => $"Column '{column}': {problem.Message}",
        _ => problem.Message,
    };
}
