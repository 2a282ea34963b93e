using System.Globalization;

namespace DpoLab.Web.Neurons;

/// <summary>Neurons of a run that were chosen, with the figures about them, each made when first asked for.</summary>
public sealed class NeuronView(ChosenNeurons chosen, Lazy<TopToxic> topToxic)
{
    private readonly Lazy<ChosenSummary> summary = new(() => ChosenSummary.Of(chosen));
    private readonly Lazy<IReadOnlyList<ActivationDensity>> density = new(() => ActivationDensity.Of(chosen));

    public NeuronTable Table => chosen.Table;

    public ChosenNeurons Chosen => chosen;

    public ChosenSummary Summary => summary.Value;

    public IReadOnlyList<ActivationDensity> Density => density.Value;

    /// <summary>Of all neurons, whatever is chosen.</summary>
    public TopToxic TopToxic => topToxic.Value;
}

/// <summary>Chooses neurons of runs, and keeps what was chosen last, so that paging and several viewers of one link cost one choice.</summary>
public sealed class NeuronViews(NeuronTables tables)
{
    private const int MostViews = 32;

    private readonly Lock gate = new();
    private readonly LinkedList<(NeuronTable Table, string Key, NeuronView View)> kept = new();
    private readonly System.Runtime.CompilerServices.ConditionalWeakTable<NeuronTable, Lazy<TopToxic>> topToxic = [];

    /// <summary>The neurons of a run that a filter holds.</summary>
    /// <exception cref="ConditionException">The condition cannot be read.</exception>
    /// <exception cref="InputRefusedException">The table cannot be had now.</exception>
    public async Task<NeuronView> GetAsync(string runId, NeuronFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        NeuronTable table = await tables.GetAsync(runId);
        string key = string.Join('|', filter.Write().Select(part => part.Value));
        lock (gate)
        {
            for (var node = kept.First; node is not null; node = node.Next)
            {
                if (!ReferenceEquals(node.Value.Table, table) || node.Value.Key != key)
                    continue;
                kept.Remove(node);
                kept.AddFirst(node);
                return node.Value.View;
            }
        }

        var view = new NeuronView(filter.Choose(table), topToxic.GetValue(table, t => new Lazy<TopToxic>(() => new TopToxic(t))));
        lock (gate)
        {
            kept.AddFirst((table, key, view));
            while (kept.Count > MostViews)
                kept.RemoveLast();
        }

        return view;
    }

    /// <summary>The name of a neuron as people write it.</summary>
    public static string Name(Contracts.Runs.NeuronIndex neuron) => string.Create(CultureInfo.InvariantCulture, $"L{neuron.Layer} · n{neuron.Neuron}");
}
