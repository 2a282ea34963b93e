using System.Collections.Concurrent;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Neurons;

/// <summary>
/// The statistics of every neuron of a pair, as columns in memory: what the map, the list and the figures are made from. Flat order is
/// layer·n + i. Immutable; orders and derived columns are made when first asked for and kept.
/// </summary>
public sealed class NeuronTable
{
    private readonly double[]?[] columns = new double[NeuronColumnWords.All.Count][];
    private readonly ConcurrentDictionary<(NeuronColumn Column, bool Descending), int[]> orders = new();
    private readonly Lazy<double> totalReduction;

    private NeuronTable(SafetensorsBytes file)
    {
        Layers = file.Number(NeuronArrays.Layers);
        NeuronsPerLayer = file.Number(NeuronArrays.NeuronsPerLayer);
        if ((long)Layers * NeuronsPerLayer > Array.MaxLength)
            throw new InvalidDataException($"{Layers} layers of {NeuronsPerLayer} neurons are more than one table holds.");
        Count = Layers * NeuronsPerLayer;
        double[] Column(string name) => file.Array<double>(name, "F64", Count);
        columns[(int)NeuronColumn.Cosine] = Column(NeuronArrays.Cosine);
        columns[(int)NeuronColumn.ActivationBefore] = Column(NeuronArrays.ActivationBefore);
        columns[(int)NeuronColumn.ActivationAfter] = Column(NeuronArrays.ActivationAfter);
        columns[(int)NeuronColumn.ProjectionBefore] = Column(NeuronArrays.ProjectionBefore);
        columns[(int)NeuronColumn.ProjectionAfter] = Column(NeuronArrays.ProjectionAfter);
        columns[(int)NeuronColumn.DeviationBefore] = Array.ConvertAll(Column(NeuronArrays.VarianceBefore), Math.Sqrt);
        columns[(int)NeuronColumn.DeviationAfter] = Array.ConvertAll(Column(NeuronArrays.VarianceAfter), Math.Sqrt);
        Codes = file.Array<byte>(NeuronArrays.Group, "U8", Count);
        columns[(int)NeuronColumn.ToxicRank] = Array.ConvertAll(file.Array<int>(NeuronArrays.ToxicRank, "I32", Count), place => place + 1.0);
        totalReduction = new(() => -Enumerable.Range(0, Count).Where(i => NeuronArrays.GroupOf(Codes[i]) is not null).Sum(i => ProjectionChange[i]));
    }

    public int Layers { get; }

    public int NeuronsPerLayer { get; }

    /// <summary>All neurons of the model.</summary>
    public int Count { get; }

    /// <summary>The code of each neuron (<see cref="NeuronArrays.Code"/>).</summary>
    public IReadOnlyList<byte> GroupCodes => Codes;

    /// <summary>Σ reduction of the four groups.</summary>
    public double TotalReduction => totalReduction.Value;

    internal byte[] Codes { get; }

    internal double[] Cosine => this[NeuronColumn.Cosine];

    internal double[] ProjectionChange => this[NeuronColumn.ProjectionChange];

    /// <summary>A column, [layers · neurons a layer]. Not to be written to.</summary>
    internal double[] this[NeuronColumn column] => columns[(int)column] ??= Derive(column);

    /// <summary>A neuron's value in a column.</summary>
    public double Value(NeuronColumn column, int neuron) => this[column][neuron];

    /// <summary>Reads the file that a neurons run has written.</summary>
    /// <exception cref="InvalidDataException">It is something else; the message says what.</exception>
    public static NeuronTable Read(ReadOnlyMemory<byte> file) => new(new SafetensorsBytes(file));

    /// <summary>The group of a neuron that DPO lowered; null for counter-movers and neurons without one.</summary>
    public NeuronGroup? GroupOf(int neuron) => NeuronArrays.GroupOf(Codes[neuron]);

    /// <summary>Layer and index of a flat index.</summary>
    public NeuronIndex IndexOf(int neuron) => new(neuron / NeuronsPerLayer, neuron % NeuronsPerLayer);

    /// <summary>The flat index of a neuron; null: the model has none such.</summary>
    public int? FlatOf(NeuronIndex neuron) =>
        neuron.Layer >= 0 && neuron.Layer < Layers && neuron.Neuron >= 0 && neuron.Neuron < NeuronsPerLayer
            ? (neuron.Layer * NeuronsPerLayer) + neuron.Neuron
            : null;

    /// <summary>Flat indices by a column; ties keep the flat order, what is not a number comes last.</summary>
    internal int[] Order(NeuronColumn column, bool descending) => orders.GetOrAdd((column, descending), key =>
    {
        double[] keys = Array.ConvertAll(this[key.Column], value => double.IsNaN(value) ? double.PositiveInfinity : key.Descending ? -value : value);
        int[] order = [.. Enumerable.Range(0, Count)];
        Array.Sort(keys, order);
        // Array.Sort is not stable
        for (int start = 0; start < Count;)
        {
            int end = start + 1;
            while (end < Count && keys[end] == keys[start])
                end++;
            if (end - start > 1)
                Array.Sort(order, start, end - start);
            start = end;
        }

        return order;
    });

    private double[] Derive(NeuronColumn column) => column switch
    {
        NeuronColumn.Layer => Made(i => i / NeuronsPerLayer),
        NeuronColumn.Neuron => Made(i => i % NeuronsPerLayer),
        NeuronColumn.ActivationChange => Made(i => this[NeuronColumn.ActivationAfter][i] - this[NeuronColumn.ActivationBefore][i]),
        NeuronColumn.ProjectionChange => Made(i => this[NeuronColumn.ProjectionAfter][i] - this[NeuronColumn.ProjectionBefore][i]),
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "This column is read from the file."),
    };

    private double[] Made(Func<int, double> value)
    {
        var made = new double[Count];
        for (int i = 0; i < made.Length; i++)
            made[i] = value(i);
        return made;
    }
}
