using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Directions;

/// <summary>One vector a text: what probe and mean difference look at (science.md, section 3).</summary>
public static class TextFeatures
{
    /// <summary>Mean over a text's tokens of the residual stream after the last layer, before the final norm: where value vectors live.</summary>
    /// <param name="model">The model that reads.</param>
    /// <param name="texts">Token ids with special tokens, cut already; at least one each.</param>
    /// <param name="batchSize">Texts in one forward pass.</param>
    /// <param name="progress">Texts done.</param>
    /// <param name="cancellation">Ends it between batches.</param>
    /// <returns>[N, d] float64 on the CPU, rows in the order of <paramref name="texts"/>, in the current dispose scope.</returns>
    /// <exception cref="DirectionException">A text has no tokens or more than the model reads.</exception>
    public static Tensor Mean(
        Decoder model, IReadOnlyList<int[]> texts, int batchSize, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        Check(model, texts);
        using var noGrad = no_grad();
        Tensor features = zeros([texts.Count, model.Configuration.Width], ScalarType.Float64);
        int done = 0;

        // Texts of like length share a batch: the least padding.
        foreach (int[] batch in Enumerable.Range(0, texts.Count).OrderBy(i => texts[i].Length).Chunk(batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            int width = batch.Max(i => texts[i].Length);
            long[] ids = new long[batch.Length * width];
            double[] shares = new double[batch.Length * width];                  // 1/length at real tokens
            for (int row = 0; row < batch.Length; row++)
            {
                int[] text = texts[batch[row]];
                for (int t = 0; t < text.Length; t++)
                    (ids[(row * width) + t], shares[(row * width) + t]) = (text[t], 1.0 / text.Length);
            }

            // Padding is on the right, after everything that a real token can see: no mask is needed.
            Tensor x = model.Hidden(tensor(ids, ScalarType.Int64).view(batch.Length, width).to(model.Device));   // [B, T, D]
            Tensor share = tensor(shares, ScalarType.Float64).view(batch.Length, 1, width);
            Tensor means = share.bmm(x.cpu().to(ScalarType.Float64)).squeeze(1);                                 // [B, D]
            features.index_copy_(0, tensor(batch.Select(i => (long)i).ToArray(), ScalarType.Int64), means);
            progress?.Report(done += batch.Length);
        }

        return features;
    }

    private static void Check(Decoder model, IReadOnlyList<int[]> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i].Length == 0)
                throw new DirectionException($"Text {i + 1} has no tokens. Remove it from the dataset.");
            if (texts[i].Length > model.Configuration.ContextLength)
            {
                throw new DirectionException(
                    $"Text {i + 1} has {texts[i].Length} tokens, the model reads {model.Configuration.ContextLength}. Lower the cut.");
            }
        }
    }
}
