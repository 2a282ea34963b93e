using System.Security.Claims;
using Bunit;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace DpoLab.Web.Tests.Lab;

/// <summary>Renders pages over the lab's real services and a SQLite file in a folder of its own.</summary>
internal sealed class PageContext : BunitContext
{
    private readonly string folder = Directory.CreateTempSubdirectory("dpolab-pages-").FullName;

    private PageContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services
            .AddLogging()
            .AddLab(new LabOptions { DataDirectory = folder })
            .AddSingleton(s => new ComputeServices(s.GetRequiredService<ServiceBoard>()))
            .AddScoped<ShownWords>()
            .AddScoped<Files>()
            .AddSingleton(TimeProvider.System);
        var authorization = this.AddAuthorization();
        authorization.SetAuthorized("ada");
        authorization.SetClaims(new Claim(ClaimTypes.Role, nameof(LabRole.Researcher)), new Claim(ClaimTypes.Name, "ada"));
        authorization.SetPolicies(Policies.Look, Policies.Research);
        // takes the renderer from the services, so no service can be added after it
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        Get<ServiceBoard>().Set(new ServiceView("here", null, true, ServiceState.Connected, null, DateTimeOffset.UtcNow, null));
    }

    public static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    public LabDatabase Database => Get<LabDatabase>();

    public NavigationManager Navigation => Get<NavigationManager>();

    public static Actor Ada { get; } = new("ada", LabRole.Researcher);

    public static async Task<PageContext> StartAsync()
    {
        var context = new PageContext();
        await context.Database.MigrateAsync(Token);
        return context;
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
