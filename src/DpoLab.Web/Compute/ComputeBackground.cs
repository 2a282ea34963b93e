using DpoLab.Web.Downloads;

namespace DpoLab.Web.Compute;

/// <summary>Sets up the configured services and keeps each of them connected.</summary>
public sealed class ComputeBackground(ComputeServices services) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(services.Connections.Values.Select(connection => connection.RunAsync(stoppingToken)));
}

/// <summary>Registers the connection to compute services.</summary>
public static class ComputeRegistration
{
    /// <summary>Connects, dispatches and takes in; embedded mode also starts the service.</summary>
    public static IServiceCollection AddCompute(this IServiceCollection services, ComputeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options);
        if (options.Mode is ComputeMode.Embedded)
            services.AddSingleton<EmbeddedCompute>().AddHostedService(s => s.GetRequiredService<EmbeddedCompute>());
        services.AddSingleton(s => Configure(s, options));
        return services
            .AddSingleton<RunIngest>()
            .AddSingleton<RunPlan>()
            .AddSingleton<RunFollower>()
            .AddHostedService<ComputeBackground>()
            .AddHostedService<RunDispatcher>()
            .AddHostedService<DownloadRegistration>();
    }

    private static ComputeServices Configure(IServiceProvider provider, ComputeOptions options)
    {
        var board = provider.GetRequiredService<ServiceBoard>();
        var log = provider.GetRequiredService<ILogger<ComputeConnection>>();
        var services = new ComputeServices(board);
        if (options.Mode is ComputeMode.Embedded)
        {
            var embedded = provider.GetRequiredService<EmbeddedCompute>();
            Add(options.Name, null, isEmbedded: true, embedded.LocateAsync);
            return services;
        }

        foreach (RemoteService remote in options.Services)
            Add(remote.Name, remote.Address.ToString(), isEmbedded: false, _ => Task.FromResult(new ComputeAddress(remote.Address, remote.Token)));
        return services;

        void Add(string name, string? address, bool isEmbedded, Func<CancellationToken, Task<ComputeAddress>> locate)
        {
            board.Set(new ServiceView(name, address, isEmbedded, ServiceState.Connecting, null, DateTimeOffset.UtcNow, null));
            services.Add(new ComputeConnection(name, locate, board, log));
        }
    }
}
