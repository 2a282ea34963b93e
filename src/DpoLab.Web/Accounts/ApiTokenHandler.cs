using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace DpoLab.Web.Accounts;

/// <summary>Lets a notebook in that shows a personal token.</summary>
internal sealed class ApiTokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder, ApiTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public const string SchemeName = "token";

    private const string Prefix = "Bearer ";

    /// <summary>Whether a request shows a token at all.</summary>
    public static bool IsShown(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!IsShown(Request))
            return AuthenticateResult.NoResult();
        string shown = Request.Headers.Authorization.ToString()[Prefix.Length..].Trim();
        return await tokens.FindAsync(shown, Context.RequestAborted) is { } actor
            ? AuthenticateResult.Success(new AuthenticationTicket(LabClaims.PrincipalOf(actor, SchemeName), SchemeName))
            : AuthenticateResult.Fail("The token is unknown, expired or revoked. Make a new one under Admin, API tokens.");
    }
}
