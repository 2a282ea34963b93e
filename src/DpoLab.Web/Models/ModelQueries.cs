using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Models;

/// <summary>The models that there are: added folders first, then what DPO and export runs made.</summary>
public sealed class ModelQueries(LabDatabase database, ParityQueries parity)
{
    /// <summary><paramref name="role"/>: <c>decoder</c>, <c>classifier</c>, null: both.</summary>
    public async Task<IReadOnlyList<ModelView>> ListAsync(string? role = null, CancellationToken cancellationToken = default)
    {
        var models = new List<ModelView>();
        foreach (ModelView model in await ReadAsync(role, cancellationToken))
            models.Add(model with { Parity = await parity.FindAsync(model) });
        return models;
    }

    /// <summary>Null: no such model.</summary>
    public async Task<ModelView?> FindAsync(int id, CancellationToken cancellationToken = default) =>
        (await ListAsync(cancellationToken: cancellationToken)).FirstOrDefault(m => m.Id == id);

    private Task<IReadOnlyList<ModelView>> ReadAsync(string? role, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ModelView>>(
            async db =>
            {
                List<ModelEntity> added = await db.Models.OrderBy(m => m.Name).ToListAsync(cancellationToken);
                var names = added.ToDictionary(m => m.Id, m => m.Name);
                List<ModelView> folders = [.. added.Select(m => ToView(m, names))];
                IEnumerable<ModelView> trained = await TrainedAsync(db, folders, cancellationToken);
                return [.. folders.Concat(trained).Where(m => role is null || m.Role == role)];
            },
            cancellationToken);

    private static ModelView ToView(ModelEntity model, Dictionary<int, string> names) => new()
    {
        Id = model.Id,
        Name = model.Name,
        Service = model.Service,
        Role = model.Role,
        Ref = InputRef.OfPath(model.Path, model.Name, model.Digest),
        Report = JsonSerializer.Deserialize<ModelReport>(model.ReportJson, ContractJson.Options),
        BaseName = model.BaseModelId is { } id ? names.GetValueOrDefault(id) : null,
        Note = model.Note,
        AddedBy = model.AddedBy,
        AddedAt = model.AddedAt,
    };

    private static async Task<IEnumerable<ModelView>> TrainedAsync(LabDbContext db, List<ModelView> folders, CancellationToken cancellationToken)
    {
        var runs = await db.Runs.Where(r => (r.Kind == RunKind.Dpo || r.Kind == RunKind.Export) && r.State == RunState.Succeeded)
            .OrderByDescending(r => r.FinishedAt).Select(r => new { r.Id, r.Kind, r.Name, r.Service, r.Model, r.FinishedAt, r.CreatedBy, r.Archived, r.SpecJson })
            .ToListAsync(cancellationToken);
        var specs = runs.ToDictionary(r => r.Id, r => JsonSerializer.Deserialize<RunSpec>(r.SpecJson, ContractJson.Options)!.Parameters, StringComparer.Ordinal);
        return runs.Where(r => !r.Archived).SelectMany(r => FoldersOf(r.Kind).Select(folder => new ModelView
        {
            Name = folder == Artifacts.LastModel ? r.Name + " (last step)" : r.Name,
            Service = r.Service,
            Role = "decoder",
            Ref = InputRef.OfArtifact(r.Id, folder, r.Name),
            BaseReport = ModelShapes.Of(
                InputRef.OfArtifact(r.Id, folder), specs.GetValueOrDefault, path => folders.Find(m => m.Ref.Location == path && m.Service == r.Service)?.Report),
            RunId = r.Id,
            BaseName = r.Model,
            AddedBy = r.CreatedBy,
            AddedAt = r.FinishedAt ?? DateTimeOffset.MinValue,
        }));
    }

    private static string[] FoldersOf(RunKind kind) => kind is RunKind.Export ? [Artifacts.Exported] : [Artifacts.BestModel, Artifacts.LastModel];
}
