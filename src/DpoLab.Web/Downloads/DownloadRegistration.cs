using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Data;
using DpoLab.Web.Datasets;
using DpoLab.Web.Live;
using DpoLab.Web.Models;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Downloads;

/// <summary>
/// Puts what has arrived from the hub into the lists of models and datasets. It holds nothing: what has arrived and is in no list is added, at the start
/// and after each run that ended; taking it off the list archives its run, so that it does not come back.
/// </summary>
public sealed class DownloadRegistration(
    LabDatabase database, ModelCommands models, DatasetCommands datasets, LabSignals signals, ILogger<DownloadRegistration> log) : BackgroundService
{
    private readonly SemaphoreSlim wake = new(1, 1);

    /// <inheritdoc/>
    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    /// <summary>Adds what has arrived and is in no list.</summary>
    public async Task AddArrivedAsync(CancellationToken cancellationToken)
    {
        foreach (Arrival arrival in await ArrivalsAsync(cancellationToken))
        {
            var by = new Actor(arrival.By, LabRole.Researcher);
            string origin = $"{arrival.Result.Repository} at {arrival.Result.Commit} ({arrival.Result.Revision}) from {arrival.Result.Hub}";
            if (arrival.Result.Model is { } model)
            {
                string note = arrival.Result.Licence is { } licence ? $"{origin}, licence {licence}" : origin;
                await models.AddArrivedAsync(arrival.Name, arrival.Result.Location, model, by, arrival.Service, note, cancellationToken);
            }
            else if (arrival.Result.Dataset is { } dataset)
            {
                var addition = new NewDataset { Name = arrival.Name, Kind = dataset.Kind, Service = arrival.Service, Licence = arrival.Result.Licence ?? "" };
                await datasets.AddArrivedAsync(InputRef.OfPath(arrival.Result.Location), addition, dataset, by, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using IDisposable changes = signals.Subscribe(Topics.Dispatch, Wake);
        while (!stoppingToken.IsCancellationRequested)
        {
            await wake.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await AddArrivedAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "What has arrived could not be added; it is tried again after the next run.");
            }
        }
    }

    private Task<IReadOnlyList<Arrival>> ArrivalsAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<Arrival>>(
        async db =>
        {
            var runs = await db.Runs.Where(r => r.Kind == RunKind.Download && r.State == RunState.Succeeded && !r.Archived).ToListAsync(cancellationToken);
            var known = (await db.Models.Select(m => new { m.Service, Location = m.Path }).ToListAsync(cancellationToken))
                .Concat(await db.Datasets.Select(d => new { d.Service, d.Location }).ToListAsync(cancellationToken)).ToHashSet();
            return [.. runs.Select(ToArrival).Where(arrival => !known.Contains(new { arrival.Service, arrival.Result.Location })).DistinctBy(a => (a.Service, a.Result.Location))];
        },
        cancellationToken);

    private static Arrival ToArrival(RunEntity run) => new(
        DownloadNames.Of((DownloadParameters)JsonSerializer.Deserialize<RunSpec>(run.SpecJson, ContractJson.Options)!.Parameters),
        run.Service,
        run.CreatedBy,
        (DownloadResult)JsonSerializer.Deserialize<RunResult>(run.ResultJson!, ContractJson.Options)!);

    private void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // a look is due already, or the lab ends
        }
    }

    private sealed record Arrival(string Name, string Service, string By, DownloadResult Result);
}

/// <summary>Downloads that succeeded and what they made.</summary>
internal static class DownloadedRuns
{
    /// <summary>Archives the downloads of what is taken off a list: otherwise it would come back.</summary>
    public static async Task ArchiveAsync(LabDbContext db, string service, string location, CancellationToken cancellationToken)
    {
        var runs = await db.Runs.Where(r => r.Kind == RunKind.Download && r.State == RunState.Succeeded && r.Service == service && !r.Archived).ToListAsync(cancellationToken);
        foreach (RunEntity run in runs.Where(run => JsonSerializer.Deserialize<RunResult>(run.ResultJson!, ContractJson.Options) is DownloadResult result && result.Location == location))
            run.Archived = true;
    }
}
