using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DpoLab.Web.Accounts;

/// <summary>Looks at the addresses that the server was really bound to: stops a lab without accounts that others can reach, and says where to open it.</summary>
internal sealed class BoundAddresses(
    IServer server, LabOptions options, FirstAdministrator first, IHostApplicationLifetime lifetime, ILogger<BoundAddresses> log) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        string[] addresses = [.. server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []];
        if (BindRefusal.Reason(addresses, options.Accounts) is { } refusal)
        {
            log.LogCritical("{Refusal}", refusal);
            lifetime.StopApplication();
            return;
        }

        string address = (addresses.FirstOrDefault() ?? "").TrimEnd('/');
        log.LogInformation("The lab is open at {Address}/", address);
        if (options.Accounts && await first.LinkAsync(cancellationToken) is { } link)
            log.LogWarning("Nobody can sign in yet. Make the administrator here (works once): {Link}", $"{address}/{link}");
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
