using TorchSharp;
using static TorchSharp.torch;

namespace DpoLab.Compute.Toxicity;

/// <summary>One encoder layer: attention, then the feed-forward part, each added to its input and normed.</summary>
internal sealed class EncoderLayer
{
    // TorchSharp frees a number that an operator made for itself whenever the collector gets to it, be it in the middle of the call: numbers
    // that live as long as the layer are safe
    private static readonly Scalar Least = float.MinValue;

    private readonly EncoderConfiguration c;
    private readonly EncoderLayerWeights w;
    private readonly Scalar scale;

    public EncoderLayer(EncoderConfiguration configuration, EncoderWeightReader weights, string name)
    {
        c = configuration;
        scale = Math.Sqrt(c.HeadSize * (c.Relative?.Terms ?? 1));
        string suffix = c.Family is EncoderFamily.Deberta ? "_proj" : string.Empty;
        string self = $"{name}.attention.self";
        w = new EncoderLayerWeights(
            weights.Linear($"{self}.query{suffix}", c.Width, c.Width),
            weights.Linear($"{self}.key{suffix}", c.Width, c.Width),
            weights.Linear($"{self}.value{suffix}", c.Width, c.Width),
            weights.Linear($"{name}.attention.output.dense", c.Width, c.Width),
            weights.Norm($"{name}.attention.output.LayerNorm", c.Width),
            weights.Linear($"{name}.intermediate.dense", c.Inner, c.Width),
            weights.Linear($"{name}.output.dense", c.Width, c.Inner),
            weights.Norm($"{name}.output.LayerNorm", c.Width),
            c.Relative is { SharedProjections: false, ContentToPosition: true } ? weights.Linear($"{self}.pos_key_proj", c.Width, c.Width) : null,
            c.Relative is { SharedProjections: false, PositionToContent: true } ? weights.Linear($"{self}.pos_query_proj", c.Width, c.Width) : null);
    }

    /// <summary>[B, T, D] to [B, T, D].</summary>
    public Tensor Forward(Tensor x, Tensor mask, RelativePlaces? places, Tensor? distanceTable)
    {
        using var scope = NewDisposeScope();
        var q = Heads(w.Query.Apply(x)); // [B, H, T, d]
        var k = Heads(w.Key.Apply(x));
        var v = Heads(w.Value.Apply(x));
        var visible = mask.unsqueeze(1).unsqueeze(1); // [B, 1, 1, T]
        var mixed = places is null || distanceTable is null
            ? nn.functional.scaled_dot_product_attention(q, k, v, visible)
            : Disentangled(q, k, v, visible, places, distanceTable);
        var a = w.AttentionNorm.Apply(w.AttentionOutput.Apply(Join(mixed)) + x);
        var m = w.Output.Apply(nn.functional.gelu(w.Inner.Apply(a)));
        return w.OutputNorm.Apply(m + a).MoveToOuterDisposeScope();
    }

    /// <summary>DeBERTa: content to content, content to distance and distance to content, summed and scaled by √(3d).</summary>
    private Tensor Disentangled(Tensor q, Tensor k, Tensor v, Tensor visible, RelativePlaces places, Tensor table)
    {
        var scores = q.matmul(k.transpose(-1, -2).div(scale)); // [B, H, T, T]
        if (c.Relative!.ContentToPosition)
        {
            var keys = HeadsOfTable((w.DistanceKey ?? w.Key).Apply(table)); // [H, 2·span, d]
            scores += q.matmul(keys.transpose(-1, -2)).gather(-1, places.OfKeys.expand(scores.shape)).div(scale);
        }

        if (c.Relative.PositionToContent)
        {
            var queries = HeadsOfTable((w.DistanceQuery ?? w.Query).Apply(table)); // [H, 2·span, d]
            scores += k.matmul(queries.transpose(-1, -2)).gather(-1, places.OfQueries.expand(scores.shape)).transpose(-1, -2).div(scale);
        }

        return scores.masked_fill(visible.logical_not(), Least).softmax(-1).matmul(v);
    }

    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], c.Heads, c.HeadSize).transpose(1, 2); // [B, H, T, d]

    private Tensor HeadsOfTable(Tensor x) => x.view(x.shape[0], c.Heads, c.HeadSize).transpose(0, 1); // [H, 2·span, d]

    private static Tensor Join(Tensor x)
    {
        var byToken = x.transpose(1, 2).contiguous(); // [B, T, H, d]
        return byToken.view(byToken.shape[0], byToken.shape[1], -1); // [B, T, D]
    }
}
