using DpoLab.Contracts;
using DpoLab.Web.Accounts;
using DpoLab.Web.Api;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Diagnostics;

namespace DpoLab.Web;

/// <summary>The lab must not start; the message says why and what to do.</summary>
public sealed class StartRefusedException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Puts the web server together.</summary>
internal static class LabHost
{
    private const long MostUploadBytes = 4L << 30;

    /// <summary>Reads the configuration and refuses what must not be.</summary>
    /// <exception cref="StartRefusedException">The addresses need accounts, or the data folder cannot be used.</exception>
    public static WebApplication Build(string[] args)
    {
        // settings lie beside the program, wherever it is started; a checkout's build output finds its static files by a manifest
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseStaticWebAssets();
        LabOptions lab = builder.Configuration.GetSection("Lab").Get<LabOptions>() ?? new LabOptions();
        ComputeOptions compute = builder.Configuration.GetSection("Compute").Get<ComputeOptions>() ?? new ComputeOptions();
        if (BindRefusal.Reason(BindRefusal.Configured(builder.Configuration), lab.Accounts) is { } refusal)
            throw new StartRefusedException(refusal);
        PrepareFolder(lab.DataPath);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MostUploadBytes);
        builder.Services.Configure<Microsoft.AspNetCore.Http.Features.FormOptions>(form => form.MultipartBodyLengthLimit = MostUploadBytes);
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            ContractJson.Configure(json.SerializerOptions);
            json.SerializerOptions.RespectNullableAnnotations = true;
        });
        builder.Services.AddOpenApi("v1", OpenApiText.Describe);
        builder.Services.AddProblemDetails().AddExceptionHandler<ApiErrors>();
        builder.Services.AddLab(lab).AddAccounts(lab).AddCompute(compute);
        builder.Services.AddHostedService<BoundAddresses>();
        builder.Services.AddShell();
        WebApplication app = builder.Build();
        // the API answers with problem details, pages with the error page
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(KeepApiAnswersAsync);
        app.UseMiddleware<ForeignRequests>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapGet("/health", () => Results.Text("ready\n")).AllowAnonymous().ExcludeFromDescription();
        app.MapLabApi();
        app.MapAccounts();
        app.MapShell().AllowCircuits();
        return app;
    }

    // in a branch of its own the page would not be found: routes are looked up again on this pipeline alone
    private static Task KeepApiAnswersAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments(Urls.Api, StringComparison.OrdinalIgnoreCase) && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            pages.Enabled = false;
        return next(context);
    }

    /// <summary>Migrates, serves until stopped, and ends quietly.</summary>
    /// <exception cref="StartRefusedException">A port is taken, or the database cannot be opened.</exception>
    public static async Task RunAsync(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        try
        {
            await app.Services.GetRequiredService<LabDatabase>().MigrateAsync(app.Lifetime.ApplicationStopping);
            await app.RunAsync();
        }
        catch (IOException e)
        {
            throw new StartRefusedException($"{e.Message} Choose another port with --urls http://127.0.0.1:PORT, or stop what uses it.", e);
        }
        catch (Microsoft.Data.Sqlite.SqliteException e)
        {
            throw new StartRefusedException($"The database {app.Services.GetRequiredService<LabOptions>().DatabaseFile} cannot be used: {e.Message}", e);
        }
    }

    private static void PrepareFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The data folder {path} cannot be made: {e.Message} Set Lab:DataDirectory to a folder that can be written.", e);
        }
    }
}
