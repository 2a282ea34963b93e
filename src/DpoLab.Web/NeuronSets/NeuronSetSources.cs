using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.Shell;

namespace DpoLab.Web.NeuronSets;

/// <summary>The ways by which sets are made: from a choice on a run's neurons, by the tuning-free rule, from a file.</summary>
public sealed class NeuronSetSources(NeuronViews views)
{
    /// <summary>What a filter holds of a run's neurons; a group is the filter <c>group = TP</c>.</summary>
    /// <exception cref="ConditionException">The condition cannot be read.</exception>
    public async Task<NewNeuronSet> OfChoiceAsync(string name, string? description, string runId, NeuronFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ChosenNeurons chosen = (await views.GetAsync(runId, filter)).Chosen;
        return Of(name, description, runId, chosen.Table, [.. chosen.Flat], filter.Say());
    }

    /// <summary>
    /// The tuning-free rule (science.md, section 6): quadrants by the signs of cosine and base mean; of each the fraction β, TP and AN by largest
    /// |cos|, TN and AP by smallest, ties in flat order.
    /// </summary>
    /// <exception cref="InputRefusedException">β is no fraction, or takes no neuron.</exception>
    public async Task<NewNeuronSet> OfRuleAsync(string name, string? description, string runId, double beta, IReadOnlyList<NeuronGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (!(beta is > 0 and <= 1))
            throw new InputRefusedException("beta", $"β is {Numbers.Setting(beta)}. Enter a fraction between 0 and 1, such as 0.5.");
        NeuronTable table = (await views.GetAsync(runId, new NeuronFilter())).Table;
        int[] taken = [.. groups.Distinct().SelectMany(group => Taken(table, group, beta))];
        return Of(name, description, runId, table, taken, $"tuning-free rule, β {Numbers.Setting(beta)} of {string.Join(", ", groups.Select(Words.Of))}");
    }

    /// <summary>CSV or JSON of layer and neuron, for a model of the shape that a run has.</summary>
    public async Task<NewNeuronSet> OfFileAsync(string name, string? description, string runId, string fileName, string text)
    {
        NeuronTable table = (await views.GetAsync(runId, new NeuronFilter())).Table;
        int[] neurons = [.. NeuronSetText.Read(text).Select(neuron => table.FlatOf(neuron) ?? throw new InputRefusedException(
            "file", $"Layer {neuron.Layer}, neuron {neuron.Neuron} is not in a model of {table.Layers} layers of {table.NeuronsPerLayer}. Both count from 0."))];
        return Of(name, description, null, table, neurons, $"file {fileName}");
    }

    /// <summary>The neurons that the rule takes of a quadrant, strongest first.</summary>
    internal static IEnumerable<int> Taken(NeuronTable table, NeuronGroup group, double beta)
    {
        double[] cosine = table.Cosine;
        double[] mean = table[NeuronColumn.ActivationBefore];
        var (toxic, positive) = (group is NeuronGroup.Tp or NeuronGroup.Tn, group is NeuronGroup.Tp or NeuronGroup.Ap);
        int[] quadrant = [.. Enumerable.Range(0, table.Count).Where(i => (toxic ? cosine[i] > 0 : cosine[i] < 0) && (positive ? mean[i] > 0 : mean[i] < 0))];
        bool strongest = group is NeuronGroup.Tp or NeuronGroup.An;
        double exact = beta * quadrant.Length;
        // ⌊β · size⌋ of the number that β is written as: .29 of 100 is 29, though .29 · 100 falls just below in binary
        int count = Math.Clamp((int)Math.Floor(exact + (exact * 1e-12)), 0, quadrant.Length);
        return quadrant.OrderBy(i => strongest ? -Math.Abs(cosine[i]) : Math.Abs(cosine[i])).ThenBy(i => i).Take(count);
    }

    private static NewNeuronSet Of(string name, string? description, string? runId, NeuronTable table, int[] neurons, string origin) => new()
    {
        Name = name,
        Description = description,
        Layers = table.Layers,
        NeuronsPerLayer = table.NeuronsPerLayer,
        Neurons = neurons,
        Origin = origin,
        RunId = runId,
    };
}
