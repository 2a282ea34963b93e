using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Downloads;

/// <summary>What is on its way from the hub, or did not arrive.</summary>
public sealed class DownloadQueries(LabDatabase database, RunQueries runs)
{
    /// <summary>Newest first; those that have arrived are in the lists of models and datasets, archived ones nowhere.</summary>
    public async Task<IReadOnlyList<DownloadView>> ListAsync(bool datasets, CancellationToken cancellationToken = default)
    {
        var specs = await database.ReadAsync(
            db => db.Runs.Where(r => r.Kind == RunKind.Download && r.State != RunState.Succeeded && !r.Archived).OrderByDescending(r => r.CreatedAt)
                .ToDictionaryAsync(r => r.Id, r => r.SpecJson, cancellationToken),
            cancellationToken);
        var found = await runs.ListAsync(specs.Keys, cancellationToken);
        return
        [
            .. found.Select(run => new DownloadView(run, (DownloadParameters)JsonSerializer.Deserialize<RunSpec>(specs[run.Id], ContractJson.Options)!.Parameters))
                .Where(download => download.Parameters.Dataset is not null == datasets),
        ];
    }
}
