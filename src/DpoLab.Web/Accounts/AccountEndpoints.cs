using DpoLab.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace DpoLab.Web.Accounts;

/// <summary>What the forms of the account pages post to: plain requests, because a cookie cannot be set over a circuit. All check antiforgery tokens.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/").AllowAnonymous().ExcludeFromDescription();
        group.MapPost(Urls.PostSignIn, SignInAsync);
        group.MapPost(Urls.PostSignOut, SignOutAsync);
        group.MapPost(Urls.PostFirst, FirstAsync);
        group.MapPost(Urls.PostJoin, JoinAsync);
    }

    private static async Task<IResult> SignInAsync(
        [FromForm] string name, [FromForm] string password, [FromForm] string? to, SignInManager<LabUser> signIn, ILogger<Actor> log)
    {
        Microsoft.AspNetCore.Identity.SignInResult result = await signIn.PasswordSignInAsync(name, password, isPersistent: true, lockoutOnFailure: true);
        if (result.Succeeded)
            return Results.LocalRedirect(Local(to));
        log.LogWarning("A sign-in as {Name} was refused{Locked}.", name, result.IsLockedOut ? ": locked after too many tries" : "");
        return Back(Urls.With(Urls.SignIn, ("to", to), ("problem", result.IsLockedOut ? "locked" : "wrong")));
    }

    private static async Task<IResult> SignOutAsync(SignInManager<LabUser> signIn, [FromForm] string? to)
    {
        await signIn.SignOutAsync();
        return Results.LocalRedirect(Local(to));
    }

    private static async Task<IResult> FirstAsync(
        [FromForm] string key, [FromForm] string name, [FromForm] string password, FirstAdministrator first, SignInManager<LabUser> signIn)
    {
        try
        {
            if (await first.CreateAsync(key, name, password) is not { } user)
                return Back(Urls.With(Urls.FirstAdministrator, ("problem", "used")));
            await signIn.SignInAsync(user, isPersistent: true);
            return Results.LocalRedirect("~/");
        }
        catch (InputRefusedException e)
        {
            return Back(Urls.With(Urls.FirstAdministrator, ("key", key), ("problem", e.Message)));
        }
    }

    private static async Task<IResult> JoinAsync(
        [FromForm] string user, [FromForm] string token, [FromForm] string password, People people, SignInManager<LabUser> signIn)
    {
        try
        {
            if (await people.JoinAsync(user, token, password) is not { } joined)
                return Back(Urls.With(Urls.JoinPage, ("problem", "used")));
            await signIn.SignInAsync(joined, isPersistent: true);
            return Results.LocalRedirect("~/");
        }
        catch (InputRefusedException e)
        {
            return Back(Urls.Join(user, token) + "&problem=" + Uri.EscapeDataString(e.Message));
        }
    }

    /// <summary>Only addresses of this lab: a link from elsewhere must not lead through the sign-in to another site.</summary>
    private static string Local(string? to) =>
        to is { Length: > 1 } && to[0] == '/' && to[1] is not ('/' or '\\') ? to : "/";

    private static IResult Back(string page) => Results.LocalRedirect("/" + page);
}
