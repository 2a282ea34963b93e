using DpoLab.Compute.Runs;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DpoLab.Compute.Hosting;

/// <summary>Puts the service together.</summary>
internal static class ComputeHost
{
    private const long MostMessageBytes = 64L << 20; // a spec can list every neuron of a model

    private static readonly TimeSpan PatienceForPredecessor = TimeSpan.FromSeconds(10);

    /// <summary>Serves until the process is asked to end.</summary>
    public static async Task RunAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        using var data = await DataLock.TakeAsync(options.DataPath, PatienceForPredecessor, cancellationToken);
        await using var app = Build(options);
        await app.StartAsync(cancellationToken);
        if (options.PortFile is { } portFile)
            AtomicFile.Write(portFile, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(AddressOf(app))));
        await app.WaitForShutdownAsync(cancellationToken);
    }

    /// <summary>The address that the service is bound to, once it has started.</summary>
    public static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    private static WebApplication Build(ServeOptions options)
    {
        // no settings from files or the environment: the command line says everything, whatever directory it is started in
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.WebHost.UseUrls(options.Urls.Split(';'));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Information)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", Microsoft.Extensions.Logging.LogLevel.None) // the command says it in one line
            .AddFilter("Microsoft.AspNetCore", Microsoft.Extensions.Logging.LogLevel.Warning);
        builder.Services.ConfigureHttpJsonOptions(json => ContractJson.Configure(json.SerializerOptions));
        builder.Services
            .AddSingleton(options)
            .AddSingleton<IRunExecutor>(_ => options.Executor == SlurmExecutor.Word
                ? new SlurmExecutor(options.MostJobs, options.SbatchOptions)
                : new LocalExecutor(DeviceMonitor.Names()))
            .AddSingleton<RunSupervisor>()
            .AddHostedService(services => services.GetRequiredService<RunSupervisor>())
            .AddHostedService<ParentWatch>()
            .AddSingleton<DeviceMonitor>()
            .AddSingleton<ServiceDescription>()
            .AddSingleton<Inspection>()
            .AddSingleton<NeuronLooks>()
            .AddSingleton<WarmModels>();
        builder.Services
            .AddSignalR(hub =>
            {
                hub.MaximumReceiveMessageSize = MostMessageBytes;
                hub.MaximumParallelInvocationsPerClient = 16; // the digest of a large model takes a minute; submitting goes on meanwhile
            })
            .AddJsonProtocol(json => ContractJson.Configure(json.PayloadSerializerOptions))
            .AddHubOptions<ComputeHub>(hub => hub.AddFilter<HubErrors>());
        builder.Services.AddSingleton<HubErrors>();

        var app = builder.Build();
        app.UseMiddleware<BearerToken>();
        app.MapGet(ComputeEndpoints.Health, () => Results.Text("ready\n"));
        app.MapHub<ComputeHub>(ComputeEndpoints.Hub, connection =>
        {
            // a large batch of events must not wait for the client to have read the one before
            connection.TransportMaxBufferSize = 4 << 20;
            connection.ApplicationMaxBufferSize = MostMessageBytes;
        });
        app.MapRunFiles();
        app.MapUploads();
        return app;
    }
}
