using System.Security.Claims;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Api;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Live;

namespace DpoLab.Web.Runs;

/// <summary>Runs over HTTP.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this RouteGroupBuilder api)
    {
        RouteGroupBuilder runs = api.MapGroup("/runs").WithTags("Runs");
        runs.MapGet("/", ListAsync).WithSummary("Runs that match, newest first.");
        runs.MapPost("/", SubmitAsync).WithSummary("Takes a run in; it starts when what it needs is there.").ProducesValidationProblem();
        runs.MapGet("/{id}", FindAsync).WithSummary("Everything about a run but its curves, texts and log.");
        runs.MapPost("/{id}/cancel", (string id, RunCommands commands, ClaimsPrincipal user, CancellationToken cancel) =>
            commands.CancelAsync(id, user.Actor(), cancel)).WithSummary("Ends a run and frees its device.");
        runs.MapPost("/{id}/retry", (string id, RunCommands commands, ClaimsPrincipal user, CancellationToken cancel) =>
            commands.RetryAsync(id, user.Actor(), cancel)).WithSummary("Starts a failed or cancelled run again.");
        runs.MapGet("/{id}/spec", async (string id, RunQueries queries, CancellationToken cancel) =>
            await queries.SpecAsync(id, cancel) ?? throw RunCommands.Missing(id)).WithSummary("The exact spec.");
        runs.MapGet("/{id}/events", EventsAsync).WithSummary("Server-sent events: the run's summary, each time that it changes, until it has ended.");
        runs.MapReading();
        runs.MapGet("/{id}/folders/{**path}", async (string id, string path, RunQueries queries, ComputeServices services, HttpContext context) =>
            await RunFiles.SendFolderAsync((await FindAsync(id, queries)).Summary, path, services, context)).WithSummary("A folder below the run's artifacts, as a tar stream.");
        runs.MapGet("/{id}/files/{**path}", FileAsync).WithSummary("A file below the run's directory (artifacts/…, spec.json, process.log), with ranges.");
    }

    /// <summary>What can be read of a run; also offered through share links.</summary>
    public static void MapReading(this RouteGroupBuilder runs)
    {
        runs.MapGet("/{id}/metrics", async (string id, MetricQueries metrics, string? name, long? from, long? to) =>
        {
            string[] names = name is not null ? [name] : [.. (await metrics.SeriesAsync(id)).Select(s => s.Name)];
            return await metrics.CurvesAsync(id, names, from, to);
        }).WithSummary("Curves, summed up where many points lie close.");
        runs.MapGet("/{id}/metrics.csv", RunExports.MetricsAsync).WithSummary("Every exact point.");
        runs.MapGet("/{id}/rows", async (string id, RunQueries queries) => (await queries.FindAsync(id) ?? throw RunCommands.Missing(id)).Rows)
            .WithSummary("Rows of an evaluation or sweep.");
        runs.MapGet("/{id}/rows.csv", RunExports.RowsAsync).WithSummary("The rows as CSV.");
        runs.MapGet("/{id}/panel.csv", RunExports.PanelAsync).WithSummary("Coverage and agreement of a panel's scorers, and the comparisons that they decide differently, as CSV.");
        runs.MapGet("/{id}/texts", (string id, RunQueries queries, string? variant, int? skip, int? take, CancellationToken cancel) =>
            queries.TextsAsync(id, new TextFilter { Variant = variant, Skip = skip ?? 0, Take = Math.Clamp(take ?? 1000, 1, 10_000) }, cancel))
            .WithSummary("Generated texts with their scores.");
        runs.MapGet("/{id}/texts.jsonl", RunExports.TextsAsync).WithSummary("Every generated text, one a line.");
        runs.MapGet("/{id}/log", (string id, RunQueries queries, long? before, int? take, CancellationToken cancel) =>
            queries.LogAsync(id, before, Math.Clamp(take ?? 200, 1, 10_000), cancellationToken: cancel)).WithSummary("The newest lines of the log.");
    }

    private static Task<Paged<RunSummary>> ListAsync(
        RunQueries queries, string? text, string[]? state, string[]? kind, string? tag, string? study, bool? archived, int? skip, int? take) =>
        queries.ListAsync(new RunFilter
        {
            Text = text,
            States = QueryWords.Parse<RunState>("state", state),
            Kinds = QueryWords.Parse<RunKind>("kind", kind),
            Tag = tag,
            StudyId = study,
            Archived = archived ?? false,
            Skip = Math.Max(skip ?? 0, 0),
            Take = Math.Clamp(take ?? 50, 1, 1000),
        });

    private static async Task<RunSummary> SubmitAsync(
        RunRequest request, RunCommands commands, RunQueries queries, ClaimsPrincipal user, HttpResponse response, CancellationToken cancellationToken)
    {
        RunSpec spec = request.ToSpec();
        await commands.SubmitAsync([spec], user.Actor(), request.Service, request.Study, cancellationToken);
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = Urls.ApiRun(spec.Id);
        return (await queries.ListAsync([spec.Id], cancellationToken))[0];
    }

    private static async Task<RunView> FindAsync(string id, RunQueries queries) => await queries.FindAsync(id) ?? throw RunCommands.Missing(id);

    private static async Task<IResult> EventsAsync(string id, RunQueries queries, LabSignals signals, CancellationToken cancellationToken)
    {
        _ = await FindAsync(id, queries);
        return TypedResults.ServerSentEvents(signals.ReadOnChangeAsync(
            [Topics.Run(id), Topics.Services], async () => (await FindAsync(id, queries)).Summary, run => !run.Status.IsActive, cancellationToken));
    }

    private static async Task FileAsync(string id, string path, RunQueries queries, ComputeServices services, HttpContext context)
    {
        RunView run = await FindAsync(id, queries);
        await RunFiles.SendAsync(run.Summary, path, services, context);
    }
}
