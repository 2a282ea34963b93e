using System.Security.Claims;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Datasets;
using DpoLab.Web.Models;
using DpoLab.Web.Neurons;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Runs;
using DpoLab.Web.Sharing;
using DpoLab.Web.Studies;
using DpoLab.Web.Studies.Paper;

namespace DpoLab.Web.Api;

/// <summary>The HTTP API for notebooks and scripts, described at <see cref="Urls.OpenApi"/>.</summary>
public static class LabApi
{
    /// <summary>Maps everything below <c>/api/v1</c>.</summary>
    public static void MapLabApi(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup(Urls.Api).RequireAuthorization(Policies.Look)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapRuns();
        api.MapStudies();
        api.MapPaperFigures();
        api.MapModels();
        api.MapDatasets();
        api.MapNeurons();
        api.MapNeuronSets();
        api.MapSharing();
        api.MapPeople();
        api.MapGet("/services", (ComputeServices services) => services.List()).WithTags("Compute").WithSummary("Compute services, devices, queues.");
        routes.MapShared();
        routes.MapOpenApi(Urls.OpenApi).RequireAuthorization(Policies.Look);
    }

    /// <summary>Who asks.</summary>
    /// <exception cref="NotAllowedException">Nobody that the lab knows.</exception>
    internal static Actor Actor(this ClaimsPrincipal user) => CurrentUser.ActorOf(user) ?? throw new NotAllowedException("You are not signed in. Sign in, or show a token.");
}
