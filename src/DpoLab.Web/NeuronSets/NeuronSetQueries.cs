using DpoLab.Web.Data;
using DpoLab.Web.Live;
using DpoLab.Web.Runs;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.NeuronSets;

/// <summary>What pages, forms and the API ask about neuron sets.</summary>
public sealed class NeuronSetQueries(LabDatabase database, SignalledCache cache)
{
    /// <summary>Every set as its newest version, the last changed first.</summary>
    public Task<IReadOnlyList<NeuronSetSummary>> ListAsync() =>
        cache.GetAsync(Topics.NeuronSets, "neuron-sets", () => database.ReadAsync<IReadOnlyList<NeuronSetSummary>>(async db =>
        {
            var rows = await db.NeuronSets.Join(
                db.NeuronSetVersions.Where(v => !db.NeuronSetVersions.Any(w => w.SetId == v.SetId && w.Version > v.Version)),
                set => set.Id,
                version => version.SetId,
                (set, v) => new NeuronSetSummary(
                    set.Id, set.Name, set.Description, v.Version, v.Layers, v.NeuronsPerLayer, v.Count, v.Digest, v.Origin, v.RunId, v.CreatedBy, v.CreatedAt)).ToListAsync();
            return [.. rows.OrderByDescending(set => set.ChangedAt)];
        }));

    /// <summary>A set as one of its versions (null: the newest); null: there is no such set or version.</summary>
    public async Task<NeuronSetView?> FindAsync(int id, int? version = null)
    {
        NeuronSetSummary? summary = (await ListAsync()).FirstOrDefault(set => set.Id == id);
        if (summary is null)
            return null;
        return await database.ReadAsync(async db =>
        {
            List<NeuronSetVersion> versions = await db.NeuronSetVersions.Where(v => v.SetId == id).OrderByDescending(v => v.Version)
                .Select(v => new NeuronSetVersion(v.Version, v.Layers, v.NeuronsPerLayer, v.Count, v.Digest, v.Origin, v.RunId, v.CreatedBy, v.CreatedAt)).ToListAsync();
            NeuronSetVersion? shown = versions.Find(v => v.Version == (version ?? summary.Version));
            if (shown is null)
                return null;
            byte[] file = await db.NeuronSetVersions.Where(v => v.SetId == id && v.Version == shown.Version).Select(v => v.File).FirstAsync();
            return new NeuronSetView(summary, versions, shown, NeuronSetText.FromFile(file, shown.Count), await UsesAsync(db, versions));
        });
    }

    /// <summary>Every version of the sets of models of this shape, the newest of each set first.</summary>
    public async Task<IReadOnlyList<NeuronSetChoice>> ChoicesAsync(int layers, int perLayer)
    {
        IReadOnlyList<NeuronSetSummary> sets = [.. (await ListAsync()).Where(set => set.Layers == layers && set.NeuronsPerLayer == perLayer)];
        int[] ids = [.. sets.Select(set => set.Id)];
        var versions = await database.ReadAsync(db => db.NeuronSetVersions.Where(v => ids.Contains(v.SetId) && v.Layers == layers && v.NeuronsPerLayer == perLayer)
            .Select(v => new { v.SetId, v.Version, v.Count, v.Digest }).ToListAsync());
        return
        [
            .. sets.SelectMany(set => versions.Where(v => v.SetId == set.Id).OrderByDescending(v => v.Version)
                .Select(v => new NeuronSetChoice(set.Id, set.Name, v.Version, v.Count, v.Digest, v.Version == set.Version))),
        ];
    }

    /// <summary>The sets whose newest version holds a neuron of a model of this shape.</summary>
    public async Task<IReadOnlyList<NeuronSetSummary>> HoldingAsync(int neuron, int layers, int perLayer)
    {
        var holding = new List<NeuronSetSummary>();
        foreach (NeuronSetSummary set in (await ListAsync()).Where(set => set.Layers == layers && set.NeuronsPerLayer == perLayer))
        {
            if (await FindAsync(set.Id) is { } view && view.Neurons.Contains(neuron))
                holding.Add(set);
        }

        return holding;
    }

    /// <summary>Runs name a set by the digest of its file, which stands in no other place of a spec.</summary>
    private static async Task<IReadOnlyList<NeuronSetUse>> UsesAsync(LabDbContext db, List<NeuronSetVersion> versions)
    {
        var uses = new List<NeuronSetUse>();
        foreach (NeuronSetVersion version in versions)
        {
            var runs = await db.Runs.Where(r => r.SpecJson.Contains(version.Digest)).OrderByDescending(r => r.CreatedAt)
                .Select(r => new { r.Id, r.Name, r.State, r.Kind }).ToListAsync();
            uses.AddRange(runs.Select(r => new NeuronSetUse(version.Version, new RunLink(r.Id, r.Name, r.State), r.Kind)));
        }

        return uses;
    }
}
