using System.Security.Claims;
using DpoLab.Web.Api;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Studies;

/// <summary>A question without a template.</summary>
public sealed record StudyRequest(string Question);

/// <summary>Studies over HTTP.</summary>
internal static class StudyEndpoints
{
    public static void MapStudies(this RouteGroupBuilder api)
    {
        RouteGroupBuilder studies = api.MapGroup("/studies").WithTags("Studies");
        studies.MapGet("/", (StudyQueries queries, int? skip, int? take, bool? archived, CancellationToken cancel) =>
            queries.ListAsync(Math.Max(skip ?? 0, 0), Math.Clamp(take ?? 50, 1, 1000), archived ?? false, cancel)).WithSummary("Studies, last changed first.");
        studies.MapPost("/", async (StudyRequest request, StudyCommands commands, StudyQueries queries, ClaimsPrincipal user, HttpResponse response, CancellationToken cancel) =>
            await CreatedAsync(await commands.CreateAsync(request.Question, user.Actor(), cancel), queries, response))
            .WithSummary("A study without runs.").ProducesValidationProblem();
        studies.MapPost("/from-template/" + FourGroupsTemplate.Name, async (
            FourGroupsInputs inputs, StudyCommands commands, StudyQueries queries, ClaimsPrincipal user, HttpResponse response, CancellationToken cancel) =>
            await CreatedAsync(await commands.CreateFourGroupsAsync(inputs, user.Actor(), cancel), queries, response))
            .WithSummary("The paper's whole story on one model, with all its runs.").ProducesValidationProblem();
        studies.MapGet("/{id}", FindAsync).WithSummary("A study with its runs, table, findings and figures.");
        studies.MapGet("/{id}/table.csv", TableAsync).WithSummary("The table as CSV.");
        studies.MapGet("/{id}/protocols.csv", ProtocolsAsync).WithSummary("The numbers that the protocol changes, by both, as CSV.");
        studies.MapGet("/{id}/events", EventsAsync).WithSummary("Server-sent events: the study's summary, each time that a run of it changes, until all have ended.");
        studies.MapPost("/{id}/retry", (string id, StudyCommands commands, ClaimsPrincipal user, CancellationToken cancel) =>
            commands.RetryFailedAsync(id, user.Actor(), cancel)).WithSummary("Starts its failed and cancelled runs again.");
        studies.MapPut("/{id}/notes", async (string id, HttpRequest request, StudyCommands commands, ClaimsPrincipal user, CancellationToken cancel) =>
        {
            using var reader = new StreamReader(request.Body);
            await commands.SaveNotesAsync(id, await reader.ReadToEndAsync(cancel), user.Actor(), cancel);
        }).Accepts<string>("text/markdown").WithSummary("Replaces its notes.");
    }

    internal static async Task WriteTableAsync(StudyView study, HttpContext context)
    {
        RunExports.Begin(context, "text/csv", $"{study.Summary.Id}-table.csv");
        await context.Response.WriteAsync(Paper.TableSheets.Numbers(study.Table).Csv(), context.RequestAborted);
    }

    private static async Task<StudyView> CreatedAsync(string id, StudyQueries queries, HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"{Urls.Api}/studies/{id}";
        return await FindAsync(id, queries);
    }

    private static async Task<StudyView> FindAsync(string id, StudyQueries queries) =>
        await queries.FindAsync(id) ?? throw new NotFoundException($"There is no study {id}.");

    private static async Task TableAsync(string id, StudyQueries queries, HttpContext context) => await WriteTableAsync(await FindAsync(id, queries), context);

    private static async Task ProtocolsAsync(string id, StudyQueries queries, HttpContext context)
    {
        StudyView study = await FindAsync(id, queries);
        ProtocolsView protocols = study.Protocols ?? throw new NotFoundException($"Study {id} has runs of one protocol only.");
        RunExports.Begin(context, "text/csv", $"{id}-protocols.csv");
        await using var writer = new StreamWriter(context.Response.Body);
        await writer.WriteAsync(Csv.Line("of", "number", "corrected", "published", "reason"));
        foreach (ProtocolNumber number in protocols.Numbers)
            await writer.WriteAsync(Csv.Line(number.Of, number.Name, number.Corrected, number.Published, number.Reason));
        foreach (ProtocolRow row in protocols.Rows)
        {
            await writer.WriteAsync(Csv.Line(row.Name, "toxicity", row.Corrected.Toxicity?.Mean, row.Published.Toxicity?.Mean, ProtocolComparison.ToxicityReason));
            await writer.WriteAsync(Csv.Line(row.Name, "perplexity", row.Corrected.Perplexity?.Value, row.Published.Perplexity?.Value, ProtocolComparison.PerplexityReason));
            await writer.WriteAsync(Csv.Line(row.Name, "F1", row.Corrected.F1?.Mean, row.Published.F1?.Mean, ProtocolComparison.F1Reason));
        }
    }

    private static async Task<IResult> EventsAsync(string id, StudyQueries queries, LabSignals signals, CancellationToken cancellationToken)
    {
        _ = await FindAsync(id, queries);
        return TypedResults.ServerSentEvents(signals.ReadOnChangeAsync(
            [Topics.Study(id), Topics.Services],
            async () => StudyProgress.Of(await FindAsync(id, queries)),
            progress => progress.Runs.All(r => !r.Status.IsActive || r.Status.Blocked),
            cancellationToken));
    }
}

/// <summary>How far a study is, for a terminal.</summary>
/// <param name="Overall">Share done, 0 to 1.</param>
/// <param name="Runs">Its runs in order.</param>
public sealed record StudyProgress(double Overall, IReadOnlyList<RunSummary> Runs)
{
    internal static StudyProgress Of(StudyView study) => new(study.Summary.Overall, [.. study.Nodes.Select(n => n.Run)]);
}
