using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Neurons;

/// <summary>The tokens that value vectors promote, spelled (<see cref="Directions.LogitLens"/> says how).</summary>
public static class LogitLens
{
    /// <summary>The strongest tokens of each vector.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="tokenizer">Its tokenizer, which spells the tokens.</param>
    /// <param name="vectors">[k, d].</param>
    /// <param name="count">Tokens a vector.</param>
    /// <param name="suppressed">The weakest tokens instead, weakest first.</param>
    public static IReadOnlyList<IReadOnlyList<LensToken>> Tokens(
        Decoder decoder, Tokenizer tokenizer, Tensor vectors, int count, bool suppressed = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var logits = Directions.LogitLens.Logits(decoder, vectors); // [k, V]
        var (values, indices) = topk(logits, Math.Min(count, (int)logits.shape[1]), dim: 1, largest: !suppressed, sorted: true);
        float[] strengths = values.cpu().contiguous().data<float>().ToArray();
        long[] ids = indices.cpu().contiguous().data<long>().ToArray();
        int width = (int)values.shape[1];
        return
        [
            .. Enumerable.Range(0, (int)logits.shape[0]).Select(row => (IReadOnlyList<LensToken>)
            [
                .. Enumerable.Range(row * width, width)
                    .Select(i => new LensToken((int)ids[i], tokenizer.Decode([(int)ids[i]], skipSpecialTokens: false), strengths[i])),
            ]),
        ];
    }

    /// <summary>The tokens that the value vectors of neurons promote.</summary>
    public static IReadOnlyList<IReadOnlyList<LensToken>> OfNeurons(
        Decoder decoder, Tokenizer tokenizer, IReadOnlyList<NeuronIndex> neurons, int count, Protocol protocol = Protocol.Corrected)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(neurons);
        if (neurons.Count == 0)
            return [];
        using var scope = NewDisposeScope();
        var rows = neurons.Select(neuron =>
        {
            using var inner = NewDisposeScope();
            var v = decoder.ValueVectors(neuron.Layer)[neuron.Neuron].to(ScalarType.Float64);
            if (protocol is Protocol.Corrected && decoder.OutputGain(neuron.Layer) is { } gain)
                v *= gain.to(ScalarType.Float64);
            return v.MoveToOuterDisposeScope();
        });
        return Tokens(decoder, tokenizer, stack([.. rows]), count);
    }
}
