using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Models;

/// <summary>
/// The forward pass once more, in float64, one position and one head at a time, as the definition reads: slow, and without anything that the
/// real one shares with it but the weights. It is held against the reference values before it is held against anything.
/// </summary>
internal sealed class NaiveDecoder(Decoder decoder)
{
    private readonly DecoderConfiguration c = decoder.Configuration;

    /// <summary>Logits <c>[T][V]</c> of one unpadded text. Norms of heads and biases count where the model has them.</summary>
    public double[][] LlamaLike(int[] ids)
    {
        var x = ids.Select(id => Row("model.embed_tokens.weight", id)).ToArray();
        for (var layer = 0; layer < c.Layers; layer++)
        {
            var name = $"model.layers.{layer}.";
            var normed = x.Select(row => RootMeanSquare(row, name + "input_layernorm.weight")).ToArray();
            var attended = Attention(
                Heads(normed, name + "self_attn.q_proj", c.Heads, name + "self_attn.q_norm.weight"),
                Heads(normed, name + "self_attn.k_proj", c.KeyValueHeads, name + "self_attn.k_norm.weight"),
                Heads(normed, name + "self_attn.v_proj", c.KeyValueHeads, null));
            x = Sum(x, attended.Select(row => Linear(row, name + "self_attn.o_proj")));
            x = Sum(x, x.Select(row => RootMeanSquare(row, name + "post_attention_layernorm.weight")).Select(row => Linear(
                Linear(row, name + "mlp.gate_proj").Zip(Linear(row, name + "mlp.up_proj"), (gate, up) => gate / (1 + Math.Exp(-gate)) * up).ToArray(),
                name + "mlp.down_proj")));
        }

        return [.. x.Select(row => Linear(RootMeanSquare(row, "model.norm.weight"), c.TiedEmbeddings ? "model.embed_tokens" : "lm_head"))];
    }

    /// <summary>Logits of GPT-NeoX.</summary>
    public double[][] NeoX(int[] ids)
    {
        var x = ids.Select(id => Row("gpt_neox.embed_in.weight", id)).ToArray();
        for (var layer = 0; layer < c.Layers; layer++)
        {
            var name = $"gpt_neox.layers.{layer}.";
            var all = x.Select(row => Linear(LayerNorm(row, name + "input_layernorm"), name + "attention.query_key_value")).ToArray();
            // Within a head's 3 · size numbers: query, key, value.
            double[][][] Part(int part) => [.. all.Select(row => Enumerable.Range(0, c.Heads)
                .Select(head => row.AsSpan((head * 3 + part) * c.HeadSize, c.HeadSize).ToArray()).ToArray())];
            var attended = Attention(Part(0), Part(1), Part(2)).Select(row => Linear(row, name + "attention.dense")).ToArray();
            var read = c.ParallelResidual ? x : Sum(x, attended);
            var mlp = read.Select(row => Linear(
                [.. Linear(LayerNorm(row, name + "post_attention_layernorm"), name + "mlp.dense_h_to_4h").Select(Gelu)], name + "mlp.dense_4h_to_h"));
            x = Sum(Sum(x, attended), mlp);
        }

        return [.. x.Select(row => Linear(LayerNorm(row, "gpt_neox.final_layer_norm"), "embed_out"))];
    }

    private double[][] Attention(double[][][] queries, double[][][] keys, double[][][] values)
    {
        var outputs = new double[queries.Length][];
        for (var t = 0; t < queries.Length; t++)
        {
            outputs[t] = new double[c.Heads * c.HeadSize];
            for (var head = 0; head < c.Heads; head++)
            {
                var shared = head / (c.Heads / c.KeyValueHeads);
                var query = Rotated(queries[t][head], t);
                var weights = Enumerable.Range(0, t + 1)
                    .Select(s => Math.Exp(Rotated(keys[s][shared], s).Zip(query, (a, b) => a * b).Sum() / Math.Sqrt(c.HeadSize))).ToArray();
                for (var s = 0; s <= t; s++)
                {
                    for (var j = 0; j < c.HeadSize; j++)
                        outputs[t][head * c.HeadSize + j] += weights[s] / weights.Sum() * values[s][shared][j];
                }
            }
        }

        return outputs;
    }

    private double[] Rotated(double[] head, int position)
    {
        var half = c.Rotary!.Dimensions / 2;
        var frequencies = c.Rotary.Frequencies();
        var turned = head.ToArray();
        for (var j = 0; j < half; j++)
        {
            var (sine, cosine) = Math.SinCos(position * (double)frequencies[j]);
            turned[j] = head[j] * cosine - head[j + half] * sine;
            turned[j + half] = head[j + half] * cosine + head[j] * sine;
        }

        return turned;
    }

    private double[][][] Heads(double[][] rows, string projection, int count, string? norm) => [.. rows.Select(row =>
    {
        var all = Linear(row, projection);
        return Enumerable.Range(0, count).Select(head => all.AsSpan(head * c.HeadSize, c.HeadSize).ToArray())
            .Select(head => norm is not null && decoder.Parameters.ContainsKey(norm) ? RootMeanSquare(head, norm) : head).ToArray();
    })];

    private double[] Linear(double[] input, string name)
    {
        var (weight, columns) = (Values(name + ".weight"), input.Length);
        var bias = decoder.Parameters.ContainsKey(name + ".bias") ? Values(name + ".bias") : null;
        return [.. Enumerable.Range(0, weight.Length / columns)
            .Select(row => Enumerable.Range(0, columns).Sum(column => weight[row * columns + column] * input[column]) + (bias?[row] ?? 0))];
    }

    private double[] RootMeanSquare(double[] row, string weight) =>
        [.. row.Zip(Values(weight), (x, gain) => x / Math.Sqrt(row.Sum(y => y * y) / row.Length + c.NormEpsilon) * gain)];

    private double[] LayerNorm(double[] row, string name)
    {
        var mean = row.Average();
        var deviation = Math.Sqrt(row.Sum(x => (x - mean) * (x - mean)) / row.Length + c.NormEpsilon);
        return [.. row.Select((x, j) => (x - mean) / deviation * Values(name + ".weight")[j] + Values(name + ".bias")[j])];
    }

    /// <summary>x Φ(x) by the error function.</summary>
    private static double Gelu(double x)
    {
        using var argument = tensor(x / Math.Sqrt(2), ScalarType.Float64);
        using var error = argument.erf();
        return x * 0.5 * (1 + error.item<double>());
    }

    private static double[][] Sum(IEnumerable<double[]> a, IEnumerable<double[]> b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];

    private double[] Row(string name, int row) => Values(name).AsSpan(row * c.Width, c.Width).ToArray();

    private double[] Values(string name) => values.TryGetValue(name, out var known) ? known : values[name] = Read(name);

    private double[] Read(string name)
    {
        using var wide = decoder.Parameters[name].to(ScalarType.Float64).contiguous();
        return wide.data<double>().ToArray();
    }

    private readonly Dictionary<string, double[]> values = new(StringComparer.Ordinal);
}
