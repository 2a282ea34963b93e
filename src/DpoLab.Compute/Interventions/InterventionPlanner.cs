using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Interventions;

/// <summary>The shape of the model that is intervened on.</summary>
/// <param name="Layers">Its layers.</param>
/// <param name="NeuronsPerLayer">n.</param>
/// <param name="Width">d.</param>
public readonly record struct ModelShape(int Layers, int NeuronsPerLayer, int Width);

/// <summary>Reads an intervention as science.md, section 6, defines it.</summary>
/// <param name="shape">Of the model that is intervened on.</param>
/// <param name="statistics">What selections, patches and edits read; null: only lists and steering can be planned.</param>
/// <param name="direction">Reads the vector w of a steering, [d].</param>
/// <param name="model">Loads the model that a dynamic patch reads along; null: there is none here.</param>
/// <param name="readSet">Reads the file of a neuron set; null: no set can be chosen.</param>
public sealed class InterventionPlanner(
    ModelShape shape,
    NeuronStatistics? statistics,
    Func<InputRef, double[]> direction,
    Func<InputRef, Decoder>? model = null,
    Func<InputRef, NeuronSetFile>? readSet = null)
{
    /// <summary>What the intervention does in each layer.</summary>
    /// <exception cref="InputException">It does not fit the model or its statistics.</exception>
    public InterventionPlan Plan(Intervention intervention)
    {
        if (statistics is not null && (statistics.Layers != shape.Layers || statistics.NeuronsPerLayer != shape.NeuronsPerLayer))
        {
            throw new InputException(
                $"The statistics are of {statistics.Layers} layers of {statistics.NeuronsPerLayer} neurons, the model has {shape.Layers} of "
                + $"{shape.NeuronsPerLayer}. Choose the neurons run of this model.");
        }

        return intervention switch
        {
            PatchIntervention patch => Patch(patch, NeuronSelections.Needed(statistics)),
            EditIntervention edit => Edit(edit, NeuronSelections.Needed(statistics)),
            ScaleIntervention scale => OfNeurons(scale, Choose(scale.Neurons), _ => scale.Factor, _ => 0),
            ScaleKeyIntervention key => ScaleKey(key),
            SteerIntervention steer => Steer(steer),
            DynamicPatchIntervention dynamic => DynamicPatch(dynamic),
            _ => throw new ArgumentException($"Unknown intervention {intervention?.GetType().Name ?? "null"}.", nameof(intervention)),
        };
    }

    private InterventionPlan Patch(PatchIntervention patch, NeuronStatistics means)
    {
        int[] neurons = Choose(patch.Neurons);
        return patch.Form switch
        {
            // m_i := m̄_tuned
            InterventionForm.Constant => OfNeurons(patch, neurons, _ => 0, i => means.ActivationAfter[i]),

            // m_i(t) := m_i(t) + k·(m̄_tuned − m̄_base)
            InterventionForm.Shift => OfNeurons(patch, neurons, _ => 1, i => patch.Strength * means.ActivationChange(i)),
            _ => throw new InputException("A patch is constant or shift; live is a form of edits."),
        };
    }

    private InterventionPlan Edit(EditIntervention edit, NeuronStatistics means)
    {
        var chosen = EditSelection.Choose(means.Cosine, means.ActivationBefore, edit.Beta, edit.Groups, Layers(edit));
        HashSet<int>? within = edit.Neurons is null ? null : [.. Choose(edit.Neurons)];
        int[] neurons = [.. chosen.Values.SelectMany(n => n).Where(i => within is null || within.Contains(i)).Order()];
        if (neurons.Length == 0)
            throw new InputException($"β = {edit.Beta} of the chosen quadrants is no neuron of this model{(within is null ? "" : " among the chosen ones")}. Choose a larger β.");

        // TP and AN are weakened by α, TN and AP strengthened; reversed: the other way round.
        double alpha = edit.Reversed ? -edit.Alpha : edit.Alpha;
        var change = chosen
            .SelectMany(group => group.Value.Select(i => (Neuron: i, Change: group.Key is NeuronGroup.Tp or NeuronGroup.An ? -alpha : alpha)))
            .ToDictionary(pair => pair.Neuron, pair => pair.Change);
        var mean = means.ActivationBefore;
        return edit.Form switch
        {
            // m_i := m̄_i(1 ∓ α)
            InterventionForm.Constant => OfNeurons(edit, neurons, _ => 0, i => mean[i] * (1 + change[i])),

            // m_i(t) := m_i(t)(1 ∓ α)
            InterventionForm.Live => OfNeurons(edit, neurons, i => 1 + change[i], _ => 0),

            // m_i(t) := m_i(t) ∓ α·m̄_i
            InterventionForm.Shift => OfNeurons(edit, neurons, _ => 1, i => change[i] * mean[i]),
            _ => throw new ArgumentException($"Unknown form {edit.Form}.", nameof(edit)),
        };
    }

    /// <summary>The edited layers as flat indices.</summary>
    private Range Layers(EditIntervention edit)
    {
        int first = edit.FirstLayer ?? 0;
        int last = edit.LastLayer ?? shape.Layers - 1;
        return first >= 0 && first <= last && last < shape.Layers
            ? (first * shape.NeuronsPerLayer)..((last + 1) * shape.NeuronsPerLayer)
            : throw new InputException($"The model has no layers {first} to {last}: it has layers 0 to {shape.Layers - 1}.");
    }

    private InterventionPlan ScaleKey(ScaleKeyIntervention key)
    {
        int[] neurons = Choose(key.Neurons);
        return new InterventionPlan(
            key.Scope, [.. ByLayer(neurons).Select(layer => new KeyOperation(layer.Key, [.. layer.Select(InLayer)], key.Factor))], neurons.Length);
    }

    private InterventionPlan Steer(SteerIntervention steer)
    {
        int layer = steer.Layer ?? shape.Layers - 1;
        if (layer < 0 || layer >= shape.Layers)
            throw new InputException($"The model has no layer {layer}: it has layers 0 to {shape.Layers - 1}.");
        double[] w = direction(steer.Direction);
        if (w.Length != shape.Width)
        {
            throw new InputException(
                $"The direction {steer.Direction.Name} has {w.Length} entries, the model's residual stream {shape.Width}. Choose a direction of this model.");
        }

        bool relative = steer.Unit is SteeringUnit.StreamNorm;
        double norm = Math.Sqrt(w.Sum(x => x * x));
        if (relative && norm == 0)
            throw new InputException($"The direction {steer.Direction.Name} is the zero vector, which points nowhere. Choose another direction.");
        double scale = steer.Strength == 0 ? 0 : relative ? -steer.Strength / norm : -steer.Strength;
        // 0·x is −0 for a negative x, and adding −0 is not what strength 0 means
        double[] offset = Array.ConvertAll(w, x => scale == 0 ? 0 : scale * x);
        return new InterventionPlan(steer.Scope, [new SteeringOperation(layer, steer.Point, offset, relative)], Neurons: null);
    }

    private InterventionPlan DynamicPatch(DynamicPatchIntervention dynamic)
    {
        int[] neurons = Choose(dynamic.Neurons);
        var source = model?.Invoke(dynamic.Tuned)
            ?? throw new InputException($"{dynamic.Tuned.Name} cannot be read along here: dynamic patches need a run that loads two models.");
        var c = source.Configuration;
        if (c.Layers != shape.Layers || c.Neurons != shape.NeuronsPerLayer)
        {
            throw new InputException(
                $"{dynamic.Tuned.Name} has {c.Layers} layers of {c.Neurons} neurons, the model {shape.Layers} of {shape.NeuronsPerLayer}. Choose a model that "
                + "was tuned from this one.");
        }

        return new InterventionPlan(
            dynamic.Scope, [.. ByLayer(neurons).Select(layer => new TransplantOperation(layer.Key, [.. layer.Select(InLayer)], source))], neurons.Length);
    }

    private InterventionPlan OfNeurons(Intervention intervention, int[] neurons, Func<int, double> factor, Func<int, double> offset) => new(
        intervention.Scope,
        [
            .. ByLayer(neurons).Select(layer => new NeuronOperation(
                layer.Key, [.. layer.Select(InLayer)], [.. layer.Select(factor)], [.. layer.Select(offset)])),
        ],
        neurons.Length);

    private int[] Choose(NeuronSelection selection) =>
        NeuronSelections.Choose(selection, statistics, shape.Layers, shape.NeuronsPerLayer, readSet);

    private IEnumerable<IGrouping<int, int>> ByLayer(int[] neurons) => neurons.GroupBy(i => i / shape.NeuronsPerLayer);

    private int InLayer(int neuron) => neuron % shape.NeuronsPerLayer;
}
