using System.Security.Claims;
using DpoLab.Web.Api;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using DpoLab.Web.Studies;

namespace DpoLab.Web.Sharing;

/// <summary>A link to make.</summary>
public sealed record ShareRequest(ShareTarget Target, string Id, DateTimeOffset? ExpiresAt = null);

/// <summary>Share links over HTTP, and what an open link reads.</summary>
internal static class SharingEndpoints
{
    private const string ScopeItem = "shared-scope";

    public static void MapSharing(this RouteGroupBuilder api)
    {
        RouteGroupBuilder links = api.MapGroup("/share-links").WithTags("Sharing");
        links.MapGet("/", (ShareLinks all, string? target, ClaimsPrincipal user, CancellationToken cancel) => all.ListAsync(user.Actor(), target, cancel)).WithSummary("Links, newest first.");
        links.MapPost("/", (ShareRequest request, ShareLinks all, ClaimsPrincipal user, CancellationToken cancel) =>
            all.CreateAsync(request.Target, request.Id, user.Actor(), request.ExpiresAt, cancel)).WithSummary("Makes a public read-only link; its secret is shown once.").ProducesValidationProblem();
        links.MapDelete("/{id:int}", (int id, ShareLinks all, ClaimsPrincipal user, CancellationToken cancel) => all.RevokeAsync(id, user.Actor(), cancel)).WithSummary("Closes a link.");
    }

    /// <summary>What a link shows, without sign-in: reading alone, and only of the runs that it was made for.</summary>
    public static void MapShared(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder shared = routes.MapGroup(Urls.Api + "/shared/{secret}").WithTags("Shared").AllowAnonymous().AddEndpointFilter(OpenAsync);
        shared.MapGet("/", (HttpContext context) => new { Scope(context).Target, Scope(context).TargetId, Scope(context).Runs }).WithSummary("What the link shows.");
        shared.MapGet("/study", async (HttpContext context, StudyQueries queries) => await StudyAsync(context, queries)).WithSummary("Its study.");
        shared.MapGet("/study/table.csv", async (HttpContext context, StudyQueries queries) => await StudyEndpoints.WriteTableAsync(await StudyAsync(context, queries), context));
        RouteGroupBuilder runs = shared.MapGroup("/runs");
        runs.MapGet("/{id}", async (string id, RunQueries queries) => await queries.FindAsync(id) ?? throw RunCommands.Missing(id)).WithSummary("One of its runs.");
        runs.MapReading();
    }

    private static async ValueTask<object?> OpenAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        HttpContext context = invocation.HttpContext;
        var links = context.RequestServices.GetRequiredService<ShareLinks>();
        SharedScope scope = await links.OpenAsync(context.GetRouteValue("secret") as string, count: false, context.RequestAborted)
            ?? throw new NotFoundException("This link does not open anything: it is wrong, has expired or was revoked. Ask who sent it for a new one.");
        if (context.GetRouteValue("id") is string run)
            scope.Demand(run);
        context.Items[ScopeItem] = scope;
        // a shared address is a secret, so it is not told to other sites nor kept by caches
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.CacheControl = "no-store";
        return await next(invocation);
    }

    private static SharedScope Scope(HttpContext context) => (SharedScope)context.Items[ScopeItem]!;

    private static async Task<StudyView> StudyAsync(HttpContext context, StudyQueries queries) =>
        Scope(context) is { Target: ShareTarget.Study } scope && await queries.FindSharedAsync(scope) is { } study
            ? study
            : throw new NotFoundException("This link shows a run, not a study.");
}
