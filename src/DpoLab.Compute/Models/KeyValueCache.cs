using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>
/// Keys and values of the positions that were read so far, for all layers, in memory that is taken once. Keys lie transposed,
/// <c>[B, KeyValueHeads, HeadSize, Capacity]</c>: the product of one query with them is then a plain matrix product.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] keys;
    private readonly Tensor[] values;
    private readonly Dictionary<Decoder, KeyValueCache> besides = [];

    /// <summary>Takes the memory.</summary>
    /// <param name="decoder">The model that will fill it.</param>
    /// <param name="batch">Rows, B.</param>
    /// <param name="capacity">The most positions, padding included.</param>
    public KeyValueCache(Decoder decoder, long batch, long capacity)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        var c = decoder.Configuration;
        Batch = batch;
        Capacity = capacity;
        keys = new Tensor[c.Layers];
        values = new Tensor[c.Layers];
        for (var layer = 0; layer < c.Layers; layer++)
        {
            keys[layer] = empty([batch, c.KeyValueHeads, c.HeadSize, capacity], decoder.Precision, decoder.Device).DetachFromDisposeScope();
            values[layer] = empty([batch, c.KeyValueHeads, capacity, c.HeadSize], decoder.Precision, decoder.Device).DetachFromDisposeScope();
        }
    }

    /// <summary>Rows, B.</summary>
    public long Batch { get; private set; }

    /// <summary>The most positions that fit.</summary>
    public long Capacity { get; }

    /// <summary>The positions that are filled.</summary>
    public long Length { get; private set; }

    /// <summary>Forgets the positions from <paramref name="length"/> on.</summary>
    public void Truncate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
        foreach (var other in besides.Values)
            other.Truncate(length);
    }

    /// <summary>
    /// The cache of another model that reads the same text along with the one that fills this cache: it has as many rows and positions, and is cut,
    /// thinned out and given back together with it.
    /// </summary>
    /// <exception cref="InvalidOperationException">There are positions here that the other model has not read.</exception>
    public KeyValueCache Beside(Decoder other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!besides.TryGetValue(other, out var cache))
            besides[other] = cache = new KeyValueCache(other, Batch, Capacity);
        return cache.Length == Length
            ? cache
            : throw new InvalidOperationException($"One model has read {Length} positions, the one beside it {cache.Length}: both must read a text from its beginning.");
    }

    /// <summary>Keeps only some rows, in the given order.</summary>
    /// <param name="rows">Their places, int64.</param>
    public void Keep(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        for (var layer = 0; layer < keys.Length; layer++)
        {
            (keys[layer], values[layer]) = (Kept(keys[layer]), Kept(values[layer]));
        }

        Batch = rows.shape[0];
        foreach (var other in besides.Values)
            other.Keep(rows);

        Tensor Kept(Tensor all)
        {
            var kept = all.index_select(0, rows).DetachFromDisposeScope();
            all.Dispose();
            return kept;
        }
    }

    public void Dispose()
    {
        foreach (var tensor in keys.Concat(values))
            tensor.Dispose();
        foreach (var other in besides.Values)
            other.Dispose();
    }

    /// <summary>Appends the new keys and values <c>[B, KeyValueHeads, T, HeadSize]</c> of a layer behind <see cref="Length"/>.</summary>
    /// <returns>All keys <c>[B, KeyValueHeads, HeadSize, Length + T]</c> and values <c>[B, KeyValueHeads, Length + T, HeadSize]</c>: views.</returns>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor key, Tensor value)
    {
        var count = key.shape[2];
        using (var place = keys[layer].narrow(3, Length, count))
        using (var turned = key.transpose(2, 3))
            place.copy_(turned);
        using (var place = values[layer].narrow(2, Length, count))
            place.copy_(value);
        return (keys[layer].narrow(3, 0, Length + count), values[layer].narrow(2, 0, Length + count));
    }

    /// <summary>Counts the positions that every layer has appended in one forward pass.</summary>
    internal void Advance(long count) => Length += count;
}
