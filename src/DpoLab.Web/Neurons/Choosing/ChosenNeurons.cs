namespace DpoLab.Web.Neurons;

/// <summary>Some neurons of a table.</summary>
public sealed class ChosenNeurons
{
    private readonly bool[] holds;

    private ChosenNeurons(NeuronTable table, bool[] holds, int count)
    {
        Table = table;
        this.holds = holds;
        Count = count;
    }

    public NeuronTable Table { get; }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>True: every neuron of the table.</summary>
    public bool IsAll => Count == Table.Count;

    /// <summary>Flat indices in rising order.</summary>
    public IEnumerable<int> Flat => Enumerable.Range(0, holds.Length).Where(i => holds[i]);

    /// <summary>Every neuron.</summary>
    public static ChosenNeurons All(NeuronTable table) => Of(table, static _ => true);

    /// <summary>Those for which a condition holds.</summary>
    public static ChosenNeurons Of(NeuronTable table, Func<int, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(condition);
        var chosen = new bool[table.Count];
        int count = 0;
        for (int i = 0; i < chosen.Length; i++)
        {
            if (chosen[i] = condition(i))
                count++;
        }

        return new ChosenNeurons(table, chosen, count);
    }

    /// <summary>Whether a neuron is among them.</summary>
    public bool Holds(int neuron) => holds[neuron];

    /// <summary>A page of them in the order of a column.</summary>
    public IReadOnlyList<int> Page(NeuronColumn order, bool descending, int skip, int take)
    {
        int[] sorted = Table.Order(order, descending);
        if (IsAll)
            return [.. sorted.Skip(skip).Take(take)];
        var page = new List<int>(take);
        foreach (int i in sorted)
        {
            if (!holds[i] || skip-- > 0)
                continue;
            page.Add(i);
            if (page.Count == take)
                break;
        }

        return page;
    }

    /// <summary>One bit a neuron, lowest first.</summary>
    public byte[] Bits()
    {
        var bits = new byte[(holds.Length + 7) / 8];
        for (int i = 0; i < holds.Length; i++)
        {
            if (holds[i])
                bits[i >> 3] |= (byte)(1 << (i & 7));
        }

        return bits;
    }
}
