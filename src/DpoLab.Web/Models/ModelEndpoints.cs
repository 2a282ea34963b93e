using System.Security.Claims;
using DpoLab.Contracts.Hosting;
using DpoLab.Web.Api;

namespace DpoLab.Web.Models;

/// <summary>A model folder to add.</summary>
public sealed record ModelRequest(string Path, string? Name = null, string? Service = null, string? Note = null);

/// <summary>Models over HTTP.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this RouteGroupBuilder api)
    {
        RouteGroupBuilder models = api.MapGroup("/models").WithTags("Models");
        models.MapGet("/", (ModelQueries queries, string? role, CancellationToken cancel) => queries.ListAsync(role, cancel))
            .WithSummary("Models: added folders, and what DPO runs made.");
        models.MapPost("/", async (ModelRequest request, ModelCommands commands, ModelQueries queries, ClaimsPrincipal user, HttpResponse response, CancellationToken cancel) =>
        {
            int id = await commands.AddAsync(request.Name, request.Path, user.Actor(), request.Service, request.Note ?? "", cancel);
            response.StatusCode = StatusCodes.Status201Created;
            return await queries.FindAsync(id, cancel);
        }).WithSummary("Adds a folder on the compute host.").ProducesValidationProblem();
        models.MapPost("/inspect", (ModelRequest request, ModelCommands commands, CancellationToken cancel) =>
            commands.InspectAsync(request.Path, request.Service, cancel)).Produces<ModelReport>().WithSummary("Looks at a folder without adding it.").ProducesValidationProblem();
        models.MapDelete("/{id:int}", (int id, ModelCommands commands, ClaimsPrincipal user, CancellationToken cancel) =>
            commands.RemoveAsync(id, user.Actor(), cancel)).WithSummary("Takes a model off the list; its folder stays.");
    }
}
