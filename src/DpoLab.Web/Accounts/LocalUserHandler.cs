using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace DpoLab.Web.Accounts;

/// <summary>Without accounts, whoever comes from this machine is the one user of the lab. Nobody else is anybody.</summary>
internal sealed class LocalUserHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public const string SchemeName = "local";

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // an in-process server has no address; every other connection says where it comes from
        if (Context.Connection.RemoteIpAddress is { } from && !IPAddress.IsLoopback(from))
            return Task.FromResult(AuthenticateResult.NoResult());
        var principal = LabClaims.PrincipalOf(Actor.Local, SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName)));
    }
}

/// <summary>Claims by which the lab knows a person.</summary>
internal static class LabClaims
{
    public static ClaimsPrincipal PrincipalOf(Actor actor, string scheme)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, actor.Name));
        identity.AddClaim(new Claim(ClaimTypes.Role, actor.Role.ToString()));
        if (actor.UserId is not null)
            identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, actor.UserId));
        return new ClaimsPrincipal(identity);
    }
}
