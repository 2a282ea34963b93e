using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Neurons;

/// <summary>What the weights of a pair say about one neuron, without a forward pass.</summary>
public static class NeuronVectors
{
    private const int Tokens = 10;
    private const int Near = 8;

    /// <summary>Promoted and suppressed tokens, what the key listens to, nearest value vectors.</summary>
    /// <param name="before">Base model.</param>
    /// <param name="after">Tuned model, of the same shape and vocabulary.</param>
    /// <param name="tokenizer">Spells the tokens.</param>
    /// <param name="neuron">Which.</param>
    /// <param name="direction">w: [d].</param>
    /// <param name="protocol">Whose value vectors.</param>
    public static NeuronLook Look(Decoder before, Decoder after, Tokenizer tokenizer, NeuronIndex neuron, double[] direction, Protocol protocol)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (v, tuned) = (Value(before, neuron, protocol), Value(after, neuron, protocol)); // [d]
        var unit = ValueVectors.Unit(after, direction);
        float[] written = Numbers(Directions.LogitLens.Logits(before, v.unsqueeze(0)));
        float[] writtenAfter = Numbers(Directions.LogitLens.Logits(after, tuned.unsqueeze(0)));
        float[] heard = Numbers(before.KeyResponses(neuron.Layer, neuron.Neuron));
        float[] heardAfter = Numbers(after.KeyResponses(neuron.Layer, neuron.Neuron));
        IReadOnlyList<LookedToken> Top(float[] of, float[] afterwards, bool least = false) =>
        [
            .. NeuronRanking.Descending(Enumerable.Range(0, of.Length), i => least ? -of[i] : of[i]).Take(Tokens)
                .Select(i => new LookedToken(i, tokenizer.Decode([i], skipSpecialTokens: false), of[i], afterwards[i])),
        ];
        return new NeuronLook
        {
            Promotes = Top(written, writtenAfter),
            Suppresses = Top(written, writtenAfter, least: true),
            ListensTo = Top(heard, heardAfter),
            Nearest = Nearest(before, v, neuron, protocol),
            CosineAfter = Cosine(tuned, unit),
            ValueSimilarity = Cosine(v, tuned),
        };
    }

    private static IReadOnlyList<NearNeuron> Nearest(Decoder model, Tensor v, NeuronIndex self, Protocol protocol)
    {
        var found = new List<NearNeuron>();
        var unit = v / v.norm();
        for (int layer = 0; layer < model.Configuration.Layers; layer++)
        {
            using var inner = NewDisposeScope();
            var (cosine, _) = ValueVectors.Along(model, layer, unit, protocol); // [n]
            var (values, indices) = topk(cosine, Math.Min(Near + 1, (int)cosine.shape[0]));
            double[] cosines = values.cpu().data<double>().ToArray();
            long[] neurons = indices.cpu().data<long>().ToArray();
            found.AddRange(neurons.Zip(cosines, (i, c) => new NearNeuron(layer, (int)i, c)));
        }

        return [.. found.Where(n => n.Layer != self.Layer || n.Neuron != self.Neuron).OrderByDescending(n => n.Cosine).Take(Near)];
    }

    /// <summary>v, under the corrected protocol with Gemma 2's gain: [d] in float64.</summary>
    private static Tensor Value(Decoder model, NeuronIndex neuron, Protocol protocol)
    {
        var v = model.ValueVectors(neuron.Layer)[neuron.Neuron].to(ScalarType.Float64);
        return protocol is Protocol.Corrected && model.OutputGain(neuron.Layer) is { } gain ? v * gain.to(ScalarType.Float64) : v;
    }

    private static double Cosine(Tensor a, Tensor b)
    {
        double norms = a.norm().cpu().item<double>() * b.norm().cpu().item<double>();
        return norms == 0 ? 0 : a.dot(b).cpu().item<double>() / norms;
    }

    private static float[] Numbers(Tensor value) => value.to(ScalarType.Float32).cpu().contiguous().view(-1).data<float>().ToArray();
}
