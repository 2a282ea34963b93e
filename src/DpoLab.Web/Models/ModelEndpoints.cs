using System.Security.Claims;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Api;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Models;

/// <summary>A model folder to add.</summary>
public sealed record ModelRequest(string Path, string? Name = null, string? Service = null, string? Note = null);

/// <summary>How to verify a model.</summary>
/// <param name="Values">The folder on the compute host that the export script has written; null: the model is checked by itself.</param>
/// <param name="Precision">What to compute in.</param>
public sealed record VerifyRequest(string? Values = null, Precision Precision = Precision.Fp32);

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
        models.MapPost("/{id:int}/verify", VerifyAsync).WithSummary("Compares a model with values of transformers, or checks it by itself; the answer is the run.").ProducesValidationProblem();
        models.MapDelete("/{id:int}", (int id, ModelCommands commands, ClaimsPrincipal user, CancellationToken cancel) =>
            commands.RemoveAsync(id, user.Actor(), cancel)).WithSummary("Takes a model off the list; its folder stays.");
    }

    private static async Task<RunView?> VerifyAsync(
        int id, VerifyRequest request, ModelQueries models, ModelCommands commands, RunQueries runs, ClaimsPrincipal user, HttpResponse response, CancellationToken cancel)
    {
        ModelView model = await models.FindAsync(id, cancel) ?? throw new NotFoundException($"There is no model {id}.");
        string run = await commands.VerifyAsync(model, request, user.Actor(), cancel);
        response.StatusCode = StatusCodes.Status201Created;
        return await runs.FindAsync(run);
    }
}
