using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using Microsoft.EntityFrameworkCore;

namespace DpoLab.Web.Neurons;

/// <summary>What a neuron's page asks beside the table: the compute service about vectors and texts, the database about what changing it did.</summary>
public sealed class NeuronLookQueries(ComputeServices services, LabDatabase database)
{
    /// <summary>Answers of the compute service, which keeps them.</summary>
    /// <exception cref="InputRefusedException">It cannot answer; the message says why.</exception>
    public Task<NeuronLook> AskAsync(string service, NeuronQuestion question, CancellationToken cancellationToken) =>
        services.AskAsync(service, "neuron", hub => hub.LookAtNeuronAsync(question), cancellationToken);

    /// <summary>Rows of evaluations that did something to this neuron alone, newest first.</summary>
    public Task<IReadOnlyList<NeuronEffect>> EffectsAsync(string model, NeuronIndex neuron, CancellationToken cancellationToken = default) =>
        database.ReadAsync<IReadOnlyList<NeuronEffect>>(
            async db =>
            {
                string listed = $"\"neurons\":[{{\"layer\":{neuron.Layer},\"neuron\":{neuron.Neuron}}}]";
                var runs = await db.Runs.Where(r => r.Model == model && r.SpecJson.Contains(listed)).OrderByDescending(r => r.CreatedAt)
                    .Select(r => new { r.Id, r.SpecJson }).Take(50).ToListAsync(cancellationToken);
                var effects = new List<NeuronEffect>();
                foreach (var run in runs)
                {
                    var spec = System.Text.Json.JsonSerializer.Deserialize<RunSpec>(run.SpecJson, Contracts.ContractJson.Options)!;
                    HashSet<string> names = [.. (spec.Parameters as EvaluateParameters)?.Variants.Where(v => Chosen(v.Intervention) is ListSelection { Neurons: [var only] } && only == neuron).Select(v => v.Name) ?? []];
                    var rows = await db.EvaluationRows.Where(r => r.RunId == run.Id).OrderBy(r => r.Seq).Select(r => r.Json).ToListAsync(cancellationToken);
                    effects.AddRange(rows.Select(RunViews.ToRow).Where(row => names.Contains(row.Variant)).Select(row => new NeuronEffect(run.Id, row)));
                }

                return effects;
            },
            cancellationToken);

    private static NeuronSelection? Chosen(Intervention? intervention) => intervention switch
    {
        PatchIntervention patch => patch.Neurons,
        ScaleIntervention scale => scale.Neurons,
        ScaleKeyIntervention key => key.Neurons,
        _ => null,
    };
}

/// <summary>What a run measured with something done to one neuron.</summary>
public sealed record NeuronEffect(string RunId, EvaluationRow Row);
