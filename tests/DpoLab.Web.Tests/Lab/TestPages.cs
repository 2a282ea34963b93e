using System.Security.Claims;
using Bunit;
using DpoLab.Web.Accounts;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace DpoLab.Web.Tests.Lab;

/// <summary>Pages over a real lab: only the browser behind them is pretended.</summary>
internal sealed class TestPages : BunitContext
{
    // a machine that builds and tests at once is slow; a test that fails still ends
    static TestPages() => DefaultWaitTimeout = TimeSpan.FromSeconds(20);

    public TestPages(TestLab lab, LabRole role = LabRole.Researcher)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddScoped<ShownWords>();
        Services.AddScoped<Files>();
        Services.AddScoped<CurrentUser>();
        Services.AddSingleton(TimeProvider.System);
        Services.AddFallbackServiceProvider(lab.Provider);
        Bunit.TestDoubles.BunitAuthorizationContext person = this.AddAuthorization();
        person.SetAuthorized("someone");
        person.SetClaims(new Claim(ClaimTypes.Role, role.ToString()));
        // the first use of the services: none can be added after it
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }
}
