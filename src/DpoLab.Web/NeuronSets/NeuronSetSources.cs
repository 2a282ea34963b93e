using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.Shell;

namespace DpoLab.Web.NeuronSets;

/// <summary>The ways by which sets are made: from a choice on a run's neurons, by the tuning-free rule, from a file.</summary>
public sealed class NeuronSetSources(NeuronViews views, NeuronSetQueries sets, Runs.RunQueries runs)
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
    /// The tuning-free rule (science.md, section 6): quadrants by the signs of cosine and base mean, within the edit's layers; of each the fraction
    /// β, TP and AN by largest |cos|, TN and AP by smallest, ties in flat order. α changes what is done to them, not which they are.
    /// </summary>
    /// <exception cref="InputRefusedException">β is no fraction, the layers are none, or the edit is held within neurons that are neither named nor a set.</exception>
    public async Task<NewNeuronSet> OfRuleAsync(string name, string? description, string runId, EditIntervention edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        if (!(edit.Beta is > 0 and <= 1))
            throw new InputRefusedException("beta", $"β is {Numbers.Setting(edit.Beta)}. Enter a fraction between 0 and 1, such as 0.5.");
        NeuronTable table = (await views.GetAsync(runId, new NeuronFilter())).Table;
        var (first, last) = (edit.FirstLayer ?? 0, edit.LastLayer ?? table.Layers - 1);
        if (first < 0 || last < first || last >= table.Layers)
            throw new InputRefusedException("layers", $"The model has no layers {first} to {last}: it has layers 0 to {table.Layers - 1}.");
        Range layers = (first * table.NeuronsPerLayer)..((last + 1) * table.NeuronsPerLayer);
        var (within, held) = await WithinAsync(edit.Neurons, table);
        int[] taken = [.. edit.Groups.Distinct().SelectMany(group => Taken(table, group, edit.Beta, layers)).Where(i => within is null || within.Contains(i))];
        Protocol? protocol = (await runs.SpecAsync(runId))?.Parameters.Protocol;
        string[] said =
        [
            "tuning-free rule",
            $"{(edit.Alpha == 0 ? "" : $"α {Numbers.Setting(edit.Alpha)}, ")}β {Numbers.Setting(edit.Beta)} of {string.Join(", ", edit.Groups.Select(Words.Of))}",
            edit.FirstLayer is null && edit.LastLayer is null ? "" : $"layers {first} to {last}",
            held,
            protocol is { } by ? $"{Words.Of(by)} protocol" : "",
        ];
        return Of(name, description, runId, table, taken, string.Join(", ", said.Where(part => part.Length > 0)));
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
    /// <param name="table">Of the pair.</param>
    /// <param name="group">Of the quadrant.</param>
    /// <param name="beta">The fraction.</param>
    /// <param name="layers">The layers' neurons as flat indices; null: all.</param>
    internal static IEnumerable<int> Taken(NeuronTable table, NeuronGroup group, double beta, Range? layers = null)
    {
        var (first, count) = (layers ?? Range.All).GetOffsetAndLength(table.Count);
        double[] cosine = table.Cosine;
        double[] mean = table[NeuronColumn.ActivationBefore];
        var (toxic, positive) = (group is NeuronGroup.Tp or NeuronGroup.Tn, group is NeuronGroup.Tp or NeuronGroup.Ap);
        int[] quadrant = [.. Enumerable.Range(first, count).Where(i => (toxic ? cosine[i] > 0 : cosine[i] < 0) && (positive ? mean[i] > 0 : mean[i] < 0))];
        bool strongest = group is NeuronGroup.Tp or NeuronGroup.An;
        double exact = beta * quadrant.Length;
        // ⌊β · size⌋ of the number that β is written as: .29 of 100 is 29, though .29 · 100 falls just below in binary
        int taken = Math.Clamp((int)Math.Floor(exact + (exact * 1e-12)), 0, quadrant.Length);
        return quadrant.OrderBy(i => strongest ? -Math.Abs(cosine[i]) : Math.Abs(cosine[i])).ThenBy(i => i).Take(taken);
    }

    /// <summary>The neurons that an edit is held within, and that in words; null: it is not held.</summary>
    private async Task<(HashSet<int>? Neurons, string Said)> WithinAsync(NeuronSelection? selection, NeuronTable table)
    {
        switch (selection)
        {
            case null:
                return (null, "");
            case ListSelection list:
                return ([.. list.Neurons.Select(table.FlatOf).OfType<int>()], $"within {Numbers.Counted(list.Neurons.Count, "listed neurons")}");
            case SetSelection { Set.Location: var digest }:
                NeuronSetChoice set = (await sets.ChoicesAsync(table.Layers, table.NeuronsPerLayer)).FirstOrDefault(s => s.Digest == digest)
                    ?? throw new InputRefusedException("neurons", "The set that the edit is held within is not in this lab. Choose another.");
                return ([.. (await sets.FindAsync(set.Id, set.Version))!.Neurons], $"within {set.Reference.Name}");
            default:
                throw new InputRefusedException("neurons", "The edit is held within groups or the strongest neurons. Save those as a set on the Neurons page, and choose it.");
        }
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
