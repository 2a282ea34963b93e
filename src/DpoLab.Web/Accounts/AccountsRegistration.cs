using DpoLab.Web.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace DpoLab.Web.Accounts;

/// <summary>Registers who may what.</summary>
public static class AccountsRegistration
{
    private const string AnyScheme = "lab";

    /// <summary>Cookies after sign-in when the lab has accounts, otherwise the one local user; tokens for the API in both.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services, LabOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.DataPath, "keys"))).SetApplicationName("DpoLab");
        services.AddIdentityCore<LabUser>(Configure).AddEntityFrameworkStores<LabDbContext>().AddSignInManager().AddDefaultTokenProviders()
            .AddClaimsPrincipalFactory<LabUserClaims>();
        AuthenticationBuilder authentication = services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, AnyScheme, any => any.ForwardDefaultSelector = context =>
                ApiTokenHandler.IsShown(context.Request) ? ApiTokenHandler.SchemeName : options.Accounts ? IdentityConstants.ApplicationScheme : LocalUserHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(ApiTokenHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, LocalUserHandler>(LocalUserHandler.SchemeName, null);
        authentication.AddIdentityCookies(cookies => cookies.ApplicationCookie!.Configure(Configure));
        // a changed role or a removed person takes effect within a minute
        services.Configure<SecurityStampValidatorOptions>(stamp => stamp.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Look, AtLeast(LabRole.Viewer))
            .AddPolicy(Policies.Research, AtLeast(LabRole.Researcher))
            .AddPolicy(Policies.Administer, AtLeast(LabRole.Admin))
            .SetFallbackPolicy(AtLeast(LabRole.Viewer));
        return services
            .AddCascadingAuthenticationState()
            .AddSingleton<ApiTokens>()
            .AddSingleton<People>()
            .AddSingleton<FirstAdministrator>();
    }

    private static AuthorizationPolicy AtLeast(LabRole least) => new AuthorizationPolicyBuilder()
        .RequireAuthenticatedUser()
        .RequireAssertion(context => CurrentUser.ActorOf(context.User) is { } actor && actor.Role >= least)
        .Build();

    private static void Configure(IdentityOptions identity)
    {
        identity.Password.RequiredLength = 12;
        // length is what counts; rules about kinds of characters make people write passwords down
        identity.Password.RequireDigit = false;
        identity.Password.RequireLowercase = false;
        identity.Password.RequireUppercase = false;
        identity.Password.RequireNonAlphanumeric = false;
        identity.Password.RequiredUniqueChars = 5;
        identity.Lockout.MaxFailedAccessAttempts = 5;
        identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
        identity.Lockout.AllowedForNewUsers = true;
    }

    private static void Configure(Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "dpolab";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = TimeSpan.FromDays(14);
        cookie.SlidingExpiration = true;
        cookie.LoginPath = "/" + Urls.SignIn;
        cookie.ReturnUrlParameter = "to";
        // a program that asks the API is told so, not sent to a form
        cookie.Events.OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized);
        cookie.Events.OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden);
    }

    private static Task AnswerAsync(Microsoft.AspNetCore.Authentication.RedirectContext<Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments(Urls.Api, StringComparison.OrdinalIgnoreCase) || status == StatusCodes.Status403Forbidden)
            context.Response.StatusCode = status;
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
