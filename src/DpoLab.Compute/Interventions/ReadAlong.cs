using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Interventions;

/// <summary>
/// A model that reads every text along with another, pass by pass, with a key/value cache of its own, so that its neurons' values at the same
/// positions are there when the other needs them. It reads no further than the last layer that is asked for.
/// </summary>
internal sealed class ReadAlong : IDisposable
{
    private readonly Decoder source;
    private readonly ActedPositions acted;
    private readonly Dictionary<int, Tensor> values = [];
    private readonly List<IDisposable> registrations = [];
    private int last = -1;

    /// <summary>Reads along from the next pass on.</summary>
    /// <param name="reader">The model whose passes lead.</param>
    /// <param name="source">The one that reads along.</param>
    /// <param name="acted">Positions whose values are kept.</param>
    public ReadAlong(Decoder reader, Decoder source, ActedPositions acted)
    {
        if (ReferenceEquals(reader, source))
            throw new ArgumentException("A model cannot read along with itself: load it twice, or choose a tuned model.", nameof(source));
        (this.source, this.acted) = (source, acted);
        registrations.Add(reader.Hooks.AddBefore(Read));
    }

    /// <summary>Keeps the values of these neurons of a layer, int64 <c>[k]</c>.</summary>
    public void Keep(int layer, Tensor neurons)
    {
        last = Math.Max(last, layer);
        registrations.Add(source.Hooks.Add(HookPoint.MlpPost, layer, (value, context) =>
        {
            var (start, length) = acted.In(context.Past, value.shape[1]);
            if (length > 0)
            {
                using var part = value.narrow(1, start, length);
                values[layer] = part.index_select(2, neurons).DetachFromDisposeScope();
            }

            return value;
        }));
    }

    /// <summary>The values in the pass at hand: <c>[B, acted positions, k]</c>.</summary>
    public Tensor Values(int layer) => values[layer];

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        Forget();
    }

    private void Read(PassInput input)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Forget();
        var cache = input.Cache?.Beside(source);
        var pass = source.Begin(input.Ids, input.AttentionMask, cache, input.Options);
        var x = source.Embed(input.Ids, pass);
        for (int layer = 0; layer <= last; layer++)
            x = source.Layer(layer, x, pass);
        cache?.Advance(input.Ids.shape[1]);
    }

    private void Forget()
    {
        foreach (var tensor in values.Values)
            tensor.Dispose();
        values.Clear();
    }
}
