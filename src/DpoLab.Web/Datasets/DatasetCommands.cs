using System.Security.Cryptography;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Downloads;
using DpoLab.Web.Live;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Datasets;

/// <summary>Adds and removes datasets. A file with a bad record is not added; the report says which row and column.</summary>
public sealed class DatasetCommands(LabDatabase database, ComputeServices services, LabSignals signals)
{
    /// <summary>Reads a file on the compute host to its end, without adding it.</summary>
    /// <exception cref="InputRefusedException">There is no such file, or it cannot be read at all.</exception>
    public Task<DatasetReport> InspectAsync(InputRef file, NewDataset dataset, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return services.AskAsync(
            dataset.Service, "file", hub => hub.InspectDatasetAsync(new DatasetRef(file, dataset.Columns), dataset.Kind), cancellationToken);
    }

    /// <summary>Adds a file that is on the compute host already.</summary>
    public Task<DatasetAddition> AddByPathAsync(string path, NewDataset dataset, Actor by, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new InputRefusedException("path", "No file given. Enter its absolute path on the compute host.");
        return AddAsync(InputRef.OfPath(path.Trim(), dataset?.Name), dataset!, by, Path.GetFileName(path.Trim()), cancellationToken);
    }

    /// <summary>Sends an uploaded file to the compute host under its digest, checks and adds it.</summary>
    public async Task<DatasetAddition> UploadAsync(
        Stream content, string fileName, NewDataset dataset, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(by);
        ArgumentNullException.ThrowIfNull(dataset);
        by.Demand(LabRole.Researcher);
        // the digest names the upload, so the bytes must be seen once before they can be sent
        string spool = Path.Combine(Path.GetTempPath(), "dpolab-upload-" + Guid.NewGuid().ToString("N"));
        try
        {
            string sha256 = await SpoolAsync(content, spool, cancellationToken);
            await services.UploadAsync(dataset.Service, sha256, spool, cancellationToken);
            return await AddAsync(InputRef.OfUpload(sha256, dataset.Name ?? fileName), dataset, by, fileName, cancellationToken);
        }
        finally
        {
            File.Delete(spool);
        }
    }

    /// <summary>Takes a dataset off the list; the file stays.</summary>
    public async Task RemoveAsync(int id, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        await database.WriteAsync(
            async db =>
            {
                DatasetEntity dataset = await db.Datasets.FirstOrDefaultAsync(d => d.Id == id, cancellationToken)
                    ?? throw new NotFoundException($"There is no dataset {id}.");
                db.Datasets.Remove(dataset);
                await DownloadedRuns.ArchiveAsync(db, dataset.Service, dataset.Location, cancellationToken);
                AuditTrail.Add(db, by, "dataset.remove", dataset.Name);
            },
            cancellationToken);
        signals.Publish(Topics.Datasets);
    }

    private async Task<DatasetAddition> AddAsync(InputRef file, NewDataset dataset, Actor by, string fileName, CancellationToken cancellationToken)
    {
        by.Demand(LabRole.Researcher);
        DatasetReport report = await InspectAsync(file, dataset, cancellationToken);
        return report.Problem is not null
            ? new DatasetAddition(null, report)
            : new DatasetAddition(await StoreAsync(file, dataset with { Name = NameOf(dataset, fileName) }, report, by, services.NameOrDefault(dataset.Service), cancellationToken), report);
    }

    /// <summary>Adds what a download has fetched and read.</summary>
    internal Task<int> AddArrivedAsync(InputRef file, NewDataset dataset, DatasetReport report, Actor by, CancellationToken cancellationToken) =>
        StoreAsync(file, dataset, report, by, dataset.Service!, cancellationToken);

    private static string NameOf(NewDataset dataset, string fileName) => string.IsNullOrWhiteSpace(dataset.Name) ? fileName : dataset.Name.Trim();

    private async Task<int> StoreAsync(InputRef file, NewDataset dataset, DatasetReport report, Actor by, string where, CancellationToken cancellationToken)
    {
        int id = await database.WriteAsync(
            async db =>
            {
                DatasetEntity entity = await FindOrNewAsync(db, file, dataset.Kind, where, by, cancellationToken);
                entity.Name = dataset.Name!;
                entity.Digest = report.Digest;
                entity.Records = report.Records;
                entity.Bytes = report.Bytes;
                entity.ColumnsJson = JsonSerializer.Serialize(report.Mapping, ContractJson.Options);
                entity.ReportJson = JsonSerializer.Serialize(report, ContractJson.Options);
                entity.Licence = dataset.Licence;
                AuditTrail.Add(db, by, "dataset.add", entity.Name, file.Location);
                await db.SaveChangesAsync(cancellationToken);
                return entity.Id;
            },
            cancellationToken);
        signals.Publish(Topics.Datasets);
        return id;
    }

    private static async Task<DatasetEntity> FindOrNewAsync(
        LabDbContext db, InputRef file, DatasetKind kind, string service, Actor by, CancellationToken cancellationToken)
    {
        DatasetEntity? entity = await db.Datasets.FirstOrDefaultAsync(
            d => d.Service == service && d.Location == file.Location && d.Kind == kind, cancellationToken);
        if (entity is not null)
            return entity;
        entity = new DatasetEntity
        {
            Name = "",
            Kind = kind,
            Service = service,
            Source = file.Source,
            Location = file.Location,
            Digest = "",
            Records = 0,
            Bytes = 0,
            ColumnsJson = "{}",
            ReportJson = "",
            AddedBy = by.Name,
            AddedAt = DateTimeOffset.UtcNow,
        };
        db.Datasets.Add(entity);
        return entity;
    }

    private static async Task<string> SpoolAsync(Stream content, string spool, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using FileStream file = File.Create(spool);
        byte[] buffer = new byte[128 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
