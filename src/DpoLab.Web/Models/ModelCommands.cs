using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Downloads;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Models;

/// <summary>Adds and removes model folders.</summary>
public sealed class ModelCommands(LabDatabase database, ComputeServices services, RunCommands runs, LabSignals signals)
{
    /// <summary>Looks at a folder on the compute host without adding it.</summary>
    /// <exception cref="InputRefusedException">The folder is not a model that the lab can read: the message says what and where.</exception>
    public Task<ModelReport> InspectAsync(string path, string? service = null, CancellationToken cancellationToken = default)
    {
        string folder = Required(path);
        return services.AskAsync(service, "path", hub => hub.InspectModelAsync(InputRef.OfPath(folder)), cancellationToken);
    }

    /// <summary>Adds a folder, or looks at it again if it is there already.</summary>
    /// <exception cref="InputRefusedException">As <see cref="InspectAsync"/>.</exception>
    public async Task<int> AddAsync(string? name, string path, Actor by, string? service = null, string note = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        string folder = Required(path);
        string where = services.NameOrDefault(service);
        ModelReport report = await InspectAsync(folder, where, cancellationToken);
        return await StoreAsync(name, folder, report, by, where, note, cancellationToken);
    }

    /// <summary>Adds what a download has fetched and looked at.</summary>
    internal Task<int> AddArrivedAsync(string name, string folder, ModelReport report, Actor by, string service, string note, CancellationToken cancellationToken) =>
        StoreAsync(name, folder, report, by, service, note, cancellationToken);

    private async Task<int> StoreAsync(string? name, string folder, ModelReport report, Actor by, string where, string note, CancellationToken cancellationToken)
    {
        int id = await database.WriteAsync(
            async db =>
            {
                ModelEntity? model = await db.Models.FirstOrDefaultAsync(m => m.Service == where && m.Path == folder, cancellationToken);
                if (model is null)
                {
                    model = new ModelEntity
                    {
                        Name = "",
                        Service = where,
                        Path = folder,
                        Role = report.Role,
                        Digest = report.Digest,
                        ReportJson = "",
                        AddedBy = by.Name,
                        AddedAt = DateTimeOffset.UtcNow,
                    };
                    db.Models.Add(model);
                }

                model.Name = string.IsNullOrWhiteSpace(name) ? Path.GetFileName(folder.TrimEnd('/')) : name.Trim();
                model.Role = report.Role;
                model.Digest = report.Digest;
                model.ReportJson = JsonSerializer.Serialize(report, ContractJson.Options);
                model.Note = note;
                AuditTrail.Add(db, by, "model.add", model.Name, folder);
                await db.SaveChangesAsync(cancellationToken);
                return model.Id;
            },
            cancellationToken);
        signals.Publish(Topics.Models);
        return id;
    }

    /// <summary>Submits a run that verifies a model.</summary>
    /// <returns>The run's id.</returns>
    /// <exception cref="InputRefusedException">The values are not named by an absolute path.</exception>
    public async Task<string> VerifyAsync(ModelView model, VerifyRequest request, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        string? values = string.IsNullOrWhiteSpace(request.Values) ? null : request.Values.Trim();
        if (values is not null && !values.StartsWith('/'))
            throw new InputRefusedException("values", $"“{values}” is not an absolute path. Give the whole path on the compute host of the folder that the script has written.");
        var parameters = new VerifyParameters
        {
            Model = model.Ref,
            Values = values is null ? null : InputRef.OfPath(values),
            Precision = request.Precision,
        };
        var spec = new RunSpec { Id = RunIds.New(), Name = $"Verify {model.Name}", Parameters = parameters };
        return (await runs.SubmitAsync([spec], by, model.Service, cancellationToken: cancellationToken))[0];
    }

    /// <summary>Takes a model off the list; its folder stays.</summary>
    public async Task RemoveAsync(int id, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        await database.WriteAsync(
            async db =>
            {
                ModelEntity model = await db.Models.FirstOrDefaultAsync(m => m.Id == id, cancellationToken)
                    ?? throw new NotFoundException($"There is no model {id}.");
                db.Models.Remove(model);
                await DownloadedRuns.ArchiveAsync(db, model.Service, model.Path, cancellationToken);
                AuditTrail.Add(db, by, "model.remove", model.Name, model.Path);
            },
            cancellationToken);
        signals.Publish(Topics.Models);
    }

    private static string Required(string path) => string.IsNullOrWhiteSpace(path)
        ? throw new InputRefusedException("path", "No folder given. Enter its absolute path on the compute host.")
        : path.Trim().TrimEnd('/');
}
