using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Downloads;

/// <summary>Starts downloads, and gives compute services the token for gated repositories.</summary>
public sealed class DownloadCommands(RunCommands runs, ComputeServices services, LabDatabase database)
{
    /// <summary>Fetches something from the hub; it joins the list of models or datasets when it is there.</summary>
    /// <returns>The run's id.</returns>
    /// <exception cref="InputRefusedException">A setting cannot work.</exception>
    public async Task<string> StartAsync(DownloadParameters parameters, Actor by, string? service = null, CancellationToken cancellationToken = default)
    {
        var spec = new RunSpec { Id = RunIds.New(), Name = $"Download {parameters.Repository}", Parameters = parameters };
        return (await runs.SubmitAsync([spec], by, service, cancellationToken: cancellationToken))[0];
    }

    /// <summary>Keeps a token on a compute service's host, or forgets it; the lab's own database never holds it.</summary>
    /// <exception cref="InputRefusedException">It cannot be one, or the service is not connected.</exception>
    public async Task SetTokenAsync(string service, string? token, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Admin);
        await services.AskAsync(
            service,
            "token",
            async hub =>
            {
                await hub.SetHubTokenAsync(token);
                return true;
            },
            cancellationToken);
        await database.WriteAsync(
            db =>
            {
                AuditTrail.Add(db, by, token is null ? "hub-token.forget" : "hub-token.set", service);
                return Task.CompletedTask;
            },
            cancellationToken);
    }
}
