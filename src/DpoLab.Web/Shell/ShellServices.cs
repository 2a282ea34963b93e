using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;
using MudBlazor.Services;

namespace DpoLab.Web.Shell;

/// <summary>What the pages need from the host.</summary>
public static class ShellServices
{
    /// <summary>Interactive pages, MudBlazor, and what a person chose in this browser.</summary>
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight;
            mud.SnackbarConfiguration.VisibleStateDuration = 4000;
            mud.SnackbarConfiguration.ShowTransitionDuration = 120;
            mud.SnackbarConfiguration.HideTransitionDuration = 120;
        });
        services.AddScoped<ShownWords>();
        services.AddScoped<Files>();
        services.TryAddSingleton(TimeProvider.System);
        return services;
    }

    /// <summary>All pages, and the static files that they load.</summary>
    public static IEndpointConventionBuilder MapShell(this IEndpointRouteBuilder endpoints)
    {
        // styles, scripts and fonts hold nothing of the lab's; sign-in and shared pages need them too
        endpoints.MapStaticAssets().AllowAnonymous();
        return endpoints.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
