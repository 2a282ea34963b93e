using Microsoft.AspNetCore.Authorization;

namespace DpoLab.Web.Accounts;

/// <summary>The circuit of a share link's page belongs to nobody, so the way into circuits is open; <see cref="GuardedRouteView"/> guards the pages in it.</summary>
internal static class CircuitAccess
{
    private static readonly string[] Open = ["/_blazor", "/_framework", "/not-found", "/error"];

    public static void AllowCircuits(this IEndpointConventionBuilder pages) => pages.Add(endpoint =>
    {
        if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } path } && Array.Exists(Open, o => ("/" + path.TrimStart('/')).StartsWith(o, StringComparison.Ordinal)))
            endpoint.Metadata.Add(new AllowAnonymousAttribute());
    });
}
