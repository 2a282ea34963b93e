using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;

namespace DpoLab.Web.Accounts;

/// <summary>Who looks at this page.</summary>
public sealed class CurrentUser(AuthenticationStateProvider authentication)
{
    /// <summary>For commands; a visitor without account may not do anything.</summary>
    /// <exception cref="NotAllowedException">Nobody is signed in.</exception>
    public async Task<Actor> GetAsync() => ActorOf((await authentication.GetAuthenticationStateAsync()).User)
        ?? throw new NotAllowedException("You are not signed in. Sign in first.");

    /// <summary>Null: nobody is signed in.</summary>
    public async Task<Actor?> FindAsync() => ActorOf((await authentication.GetAuthenticationStateAsync()).User);

    /// <summary>The person that a principal stands for; null: nobody.</summary>
    public static Actor? ActorOf(ClaimsPrincipal? user) =>
        user?.Identity is { IsAuthenticated: true } && Enum.TryParse(user.FindFirstValue(ClaimTypes.Role), ignoreCase: true, out LabRole role)
            ? new Actor(user.Identity.Name ?? "you", role, user.FindFirstValue(ClaimTypes.NameIdentifier))
            : null;
}
