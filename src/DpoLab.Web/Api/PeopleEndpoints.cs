using System.Security.Claims;
using DpoLab.Web.Accounts;

namespace DpoLab.Web.Api;

/// <summary>A person to invite.</summary>
public sealed record Invitation(string Name, LabRole Role);

/// <summary>A token to make.</summary>
public sealed record TokenRequest(string Name, DateTimeOffset? ExpiresAt = null);

/// <summary>Tokens of one's own, and for administrators the people.</summary>
internal static class PeopleEndpoints
{
    public static void MapPeople(this RouteGroupBuilder api)
    {
        RouteGroupBuilder tokens = api.MapGroup("/tokens").WithTags("Tokens");
        tokens.MapGet("/", (ApiTokens all, ClaimsPrincipal user, CancellationToken cancel) => all.ListAsync(user.Actor(), cancel)).WithSummary("Your tokens.");
        tokens.MapPost("/", (TokenRequest request, ApiTokens all, ClaimsPrincipal user, CancellationToken cancel) =>
            all.CreateAsync(request.Name, user.Actor(), request.ExpiresAt, cancel)).WithSummary("Makes a token; it is shown once.");
        tokens.MapDelete("/{id:int}", (int id, ApiTokens all, ClaimsPrincipal user, CancellationToken cancel) =>
            all.RevokeAsync(id, user.Actor(), cancel)).WithSummary("Closes a token.");

        RouteGroupBuilder people = api.MapGroup("/people").WithTags("People").RequireAuthorization(Policies.Administer);
        people.MapGet("/", (People all, ClaimsPrincipal user, CancellationToken cancel) => all.ListAsync(user.Actor(), cancel)).WithSummary("Everyone.");
        people.MapPost("/", async (Invitation invitation, People all, ClaimsPrincipal user) =>
            new { Link = await all.InviteAsync(invitation.Name, invitation.Role, user.Actor()) }).WithSummary("Invites a person; the link sets the password.");
        people.MapPut("/{id}/role", (string id, Invitation role, People all, ClaimsPrincipal user) =>
            all.SetRoleAsync(id, role.Role, user.Actor())).WithSummary("Changes what a person may do.");
        people.MapDelete("/{id}", (string id, People all, ClaimsPrincipal user) => all.RemoveAsync(id, user.Actor())).WithSummary("Takes an account away.");
    }
}
