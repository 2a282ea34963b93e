using System.Security.Cryptography;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Live;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.NeuronSets;

/// <summary>Saves and removes neuron sets, and brings them to the compute services that runs need them on.</summary>
public sealed class NeuronSetCommands(LabDatabase database, LabSignals signals)
{
    /// <summary>Saves a set: a new one, or the next version of the one with this name. The same neurons again make no new version.</summary>
    /// <returns>Its number and the version that holds these neurons.</returns>
    /// <exception cref="InputRefusedException">No name, no neuron, or one outside the shape.</exception>
    public async Task<(int Id, int Version)> SaveAsync(NewNeuronSet set, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        string name = set.Name.Trim();
        int[] sorted = Checked(set, name);
        byte[] file = NeuronSetText.ToFile(set.Layers, set.NeuronsPerLayer, sorted);
        string digest = Convert.ToHexStringLower(SHA256.HashData(file));
        var saved = await database.WriteAsync(
            async db =>
            {
                NeuronSetEntity entity = await FindOrNewAsync(db, name, by, cancellationToken);
                entity.Description = set.Description?.Trim() ?? entity.Description;
                var newest = await db.NeuronSetVersions.Where(v => v.SetId == entity.Id).OrderByDescending(v => v.Version)
                    .Select(v => new { v.Version, v.Digest }).FirstOrDefaultAsync(cancellationToken);
                if (newest?.Digest == digest)
                    return (entity.Id, newest.Version);
                int version = (newest?.Version ?? 0) + 1;
                db.NeuronSetVersions.Add(new NeuronSetVersionEntity
                {
                    SetId = entity.Id,
                    Version = version,
                    Layers = set.Layers,
                    NeuronsPerLayer = set.NeuronsPerLayer,
                    Count = sorted.Length,
                    File = file,
                    Digest = digest,
                    Origin = set.Origin,
                    RunId = set.RunId,
                    CreatedBy = by.Name,
                    CreatedAt = DateTimeOffset.UtcNow,
                });
                AuditTrail.Add(db, by, "set.save", name, $"version {version}, {sorted.Length} neurons");
                return (entity.Id, version);
            },
            cancellationToken);
        signals.Publish(Topics.NeuronSets);
        return saved;
    }

    /// <summary>Changes what a set is called and says; its versions stay.</summary>
    /// <exception cref="InputRefusedException">The name is empty or taken.</exception>
    public async Task DescribeAsync(int id, string name, string description, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        ArgumentNullException.ThrowIfNull(name);
        if (name.Trim().Length == 0)
            throw new InputRefusedException("name", "The name is empty. Enter one.");
        await database.WriteAsync(
            async db =>
            {
                NeuronSetEntity set = await db.NeuronSets.FirstOrDefaultAsync(s => s.Id == id, cancellationToken) ?? throw Missing(id);
                if (await db.NeuronSets.AnyAsync(s => s.Name == name.Trim() && s.Id != id, cancellationToken))
                    throw new InputRefusedException("name", $"There is another set called {name.Trim()}. Choose another name.");
                (set.Name, set.Description) = (name.Trim(), description.Trim());
                AuditTrail.Add(db, by, "set.describe", set.Name);
            },
            cancellationToken);
        signals.Publish(Topics.NeuronSets);
    }

    /// <summary>Takes a set off the list. Runs that used it keep what they have read.</summary>
    /// <exception cref="InputRefusedException">A run that has not ended names it.</exception>
    public async Task RemoveAsync(int id, Actor by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(by);
        by.Demand(LabRole.Researcher);
        await database.WriteAsync(
            async db =>
            {
                NeuronSetEntity set = await db.NeuronSets.FirstOrDefaultAsync(s => s.Id == id, cancellationToken) ?? throw Missing(id);
                string[] digests = await db.NeuronSetVersions.Where(v => v.SetId == id).Select(v => v.Digest).ToArrayAsync(cancellationToken);
                foreach (string digest in digests)
                {
                    if (await db.Runs.AnyAsync(r => r.State != RunState.Succeeded && r.SpecJson.Contains(digest), cancellationToken))
                        throw new InputRefusedException("set", $"A run that has not succeeded names {set.Name}, and would miss it. Archive is not enough: retry or clone that run with another set first.");
                }

                db.NeuronSets.Remove(set);
                AuditTrail.Add(db, by, "set.remove", set.Name);
            },
            cancellationToken);
        signals.Publish(Topics.NeuronSets);
    }

    internal static NotFoundException Missing(int id) => new($"There is no neuron set {id}.");

    private static int[] Checked(NewNeuronSet set, string name)
    {
        if (name.Length == 0)
            throw new InputRefusedException("name", "The set has no name. Enter one.");
        if (set.Layers < 1 || set.NeuronsPerLayer < 1)
            throw new InputRefusedException("layers", "The shape of the model is missing. Choose a run or a model of that shape.");
        if (set.Neurons.Count == 0)
            throw new InputRefusedException("neurons", "No neuron is chosen. Choose at least one.");
        int[] sorted = [.. set.Neurons.Distinct().Order()];
        return sorted[0] >= 0 && sorted[^1] < (long)set.Layers * set.NeuronsPerLayer
            ? sorted
            : throw new InputRefusedException(
                "neurons", $"A neuron lies outside the model's {set.Layers} layers of {set.NeuronsPerLayer}. Check the list, or choose the model that it is of.");
    }

    private static async Task<NeuronSetEntity> FindOrNewAsync(LabDbContext db, string name, Actor by, CancellationToken cancellationToken)
    {
        NeuronSetEntity? entity = await db.NeuronSets.FirstOrDefaultAsync(s => s.Name == name, cancellationToken);
        if (entity is not null)
            return entity;
        entity = new NeuronSetEntity { Name = name, CreatedBy = by.Name, CreatedAt = DateTimeOffset.UtcNow };
        db.NeuronSets.Add(entity);
        await db.SaveChangesAsync(cancellationToken);
        return entity;
    }
}

/// <summary>Brings the sets that a run or question names to its compute service, which reads them as uploads.</summary>
public sealed class NeuronSetUploads(LabDatabase database, ComputeServices services)
{
    /// <summary>Sends those of the uploads among some inputs that are sets of this lab; what the service has already is not sent again.</summary>
    public async Task SendAsync(IEnumerable<InputRef> inputs, string service, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        string[] digests = [.. inputs.Where(input => input.Source is InputSource.Upload).Select(input => input.Location).Distinct(StringComparer.Ordinal)];
        if (digests.Length == 0)
            return;
        var files = await database.ReadAsync(
            db => db.NeuronSetVersions.Where(v => digests.Contains(v.Digest)).Select(v => new { v.Digest, v.File }).ToListAsync(cancellationToken), cancellationToken);
        foreach (var file in files.DistinctBy(f => f.Digest))
        {
            using var content = new MemoryStream(file.File);
            await services.UploadAsync(service, file.Digest, content, cancellationToken);
        }
    }
}
