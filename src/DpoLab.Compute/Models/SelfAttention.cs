using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>
/// Attention of one layer: softmax(q kᵀ · scale + mask) v. Whole texts in fp32 go through the fused kernel; training, a single query against the
/// cache, soft caps and bfloat16 through plain matrix products, in which query heads that share a key head are rows of one product.
/// In bfloat16 these round at the same places as transformers' eager attention, and give its values bit for bit.
/// </summary>
internal static class SelfAttention
{
    /// <summary>From the normed residual stream <c>[B, T, D]</c> to the heads' outputs side by side <c>[B, T, H · HeadSize]</c>.</summary>
    public static Tensor Apply(DecoderConfiguration c, LayerWeights weights, int layer, Tensor x, ForwardPass pass)
    {
        var (batch, length) = (x.shape[0], x.shape[1]);
        var (q, k, v) = Project(c, weights, x);
        if (weights.QueryNorm is { } queryNorm && weights.KeyNorm is { } keyNorm)
            (q, k) = (queryNorm.Apply(q), keyNorm.Apply(k));
        if (c.Rotary is { } rotary)
            (q, k) = (Rotate(q, rotary, pass), Rotate(k, rotary, pass));
        var scale = c.ScaleByLayer ? c.AttentionScale / (layer + 1) : c.AttentionScale;
        var window = c.SlidingWindow(layer);
        var keys = default(Tensor);
        var values = v;
        if (pass.Cache is { } cache)
            (keys, values) = cache.Append(layer, k, v);
        var output = pass.UsesFusedKernel
            ? Fused(c, q, k, v, scale, window, pass)
            : Plain(c, q, keys ?? k.transpose(2, 3), values, scale, window, pass);
        return output.transpose(1, 2).reshape(batch, length, c.Heads * c.HeadSize);
    }

    /// <summary>Queries <c>[B, H, T, HeadSize]</c>, keys and values <c>[B, KeyValueHeads, T, HeadSize]</c>.</summary>
    private static (Tensor Q, Tensor K, Tensor V) Project(DecoderConfiguration c, LayerWeights weights, Tensor x)
    {
        var (batch, length) = (x.shape[0], x.shape[1]);
        if (weights.QueryKeyValue is not [var single])
        {
            return (
                weights.QueryKeyValue[0].Apply(x).view(batch, length, c.Heads, c.HeadSize).transpose(1, 2),
                weights.QueryKeyValue[1].Apply(x).view(batch, length, c.KeyValueHeads, c.HeadSize).transpose(1, 2),
                weights.QueryKeyValue[2].Apply(x).view(batch, length, c.KeyValueHeads, c.HeadSize).transpose(1, 2));
        }

        var all = single.Apply(x);
        var parts = weights.FusedByHead
            ? all.view(batch, length, c.Heads, 3, c.HeadSize).unbind(3)
            : all.view(batch, length, 3, c.Heads, c.HeadSize).unbind(2);
        return (parts[0].transpose(1, 2), parts[1].transpose(1, 2), parts[2].transpose(1, 2));
    }

    private static Tensor Rotate(Tensor x, RotaryScheme rotary, ForwardPass pass)
    {
        var half = rotary.Dimensions / 2;
        var size = x.shape[^1];
        var (first, second) = (x.narrow(-1, 0, half), x.narrow(-1, half, half));
        var turned = new List<Tensor>
        {
            first * pass.Cosine! - second * pass.Sine!,
            second * pass.Cosine! + first * pass.Sine!,
        };
        if (size > rotary.Dimensions)
            turned.Add(x.narrow(-1, rotary.Dimensions, size - rotary.Dimensions));
        return cat(turned, -1);
    }

    private static Tensor Fused(DecoderConfiguration c, Tensor q, Tensor k, Tensor v, double scale, int? window, ForwardPass pass)
    {
        // The kernel divides by √HeadSize itself.
        var factor = scale * Math.Sqrt(c.HeadSize);
        if (Math.Abs(factor - 1) > 1e-12)
            q = q * factor;
        var causal = pass.IsPlainlyCausal(window);
        return nn.functional.scaled_dot_product_attention(q, Shared(k, c), Shared(v, c), causal ? null : pass.Mask(window), is_casual: causal);
    }

    /// <summary>Repeats key/value heads for the query heads that share them.</summary>
    private static Tensor Shared(Tensor x, DecoderConfiguration c)
    {
        var group = c.Heads / c.KeyValueHeads;
        if (group == 1)
            return x;
        var (batch, length) = (x.shape[0], x.shape[2]);
        return x.unsqueeze(2).expand(batch, c.KeyValueHeads, group, length, c.HeadSize).reshape(batch, c.Heads, length, c.HeadSize);
    }

    private static Tensor Plain(DecoderConfiguration c, Tensor q, Tensor keys, Tensor values, double scale, int? window, ForwardPass pass)
    {
        var (batch, length, total) = (q.shape[0], q.shape[2], keys.shape[3]);
        var rows = c.Heads / c.KeyValueHeads * length;
        var grouped = q.reshape(batch, c.KeyValueHeads, rows, c.HeadSize);
        var scores = grouped.matmul(keys) * scale; // [B, KeyValueHeads, group · T, S]
        if (c.AttentionSoftCap is { } cap)
            scores = (scores / cap).tanh() * cap;
        if (pass.Mask(window) is { } mask)
            scores = scores.view(batch, c.Heads, length, total) + mask;
        var weights = scores.softmax(-1, ScalarType.Float32).to(values.dtype).view(batch, c.KeyValueHeads, rows, total);
        return weights.matmul(values).view(batch, c.Heads, length, c.HeadSize);
    }
}
