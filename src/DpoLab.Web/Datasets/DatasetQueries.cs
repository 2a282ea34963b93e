using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Datasets;

/// <summary>The datasets that there are.</summary>
public sealed class DatasetQueries(LabDatabase database)
{
    /// <summary>By name; null: every kind.</summary>
    public Task<IReadOnlyList<DatasetView>> ListAsync(DatasetKind? kind = null, CancellationToken cancellationToken = default) =>
        database.ReadAsync<IReadOnlyList<DatasetView>>(
            async db => [.. (await db.Datasets.Where(d => kind == null || d.Kind == kind).OrderBy(d => d.Name).ToListAsync(cancellationToken)).Select(ToView)],
            cancellationToken);

    /// <summary>Null: no such dataset.</summary>
    public async Task<DatasetView?> FindAsync(int id, CancellationToken cancellationToken = default) =>
        await database.ReadAsync(db => db.Datasets.FirstOrDefaultAsync(d => d.Id == id, cancellationToken), cancellationToken) is { } found
            ? ToView(found)
            : null;

    private static DatasetView ToView(DatasetEntity dataset) => new()
    {
        Id = dataset.Id,
        Name = dataset.Name,
        Kind = dataset.Kind,
        Service = dataset.Service,
        Ref = new DatasetRef(
            new InputRef(dataset.Source, dataset.Location, Label: dataset.Name, Digest: dataset.Digest),
            JsonSerializer.Deserialize<Dictionary<string, string>>(dataset.ColumnsJson, ContractJson.Options)),
        Report = JsonSerializer.Deserialize<DatasetReport>(dataset.ReportJson, ContractJson.Options)!,
        Licence = dataset.Licence,
        AddedBy = dataset.AddedBy,
        AddedAt = dataset.AddedAt,
    };
}
