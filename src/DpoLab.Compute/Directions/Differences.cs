using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Directions;

/// <summary>Directions that are the difference of two means (science.md, section 3).</summary>
public static class Differences
{
    /// <summary>Mean feature of toxic texts minus that of the others, over all texts.</summary>
    /// <param name="features">[N, d].</param>
    /// <param name="labels">True = toxic, [N].</param>
    /// <returns>w, [d].</returns>
    /// <exception cref="DirectionException">A class is absent.</exception>
    public static double[] OfMeans(Tensor features, IReadOnlyList<bool> labels)
    {
        int toxic = labels.Count(label => label);
        if (toxic == 0 || toxic == labels.Count)
            throw new DirectionException("The mean difference needs toxic and non-toxic texts; all have the same label.");
        using var scope = NewDisposeScope();
        double[] shares = [.. labels.Select(label => label ? 1.0 / toxic : -1.0 / (labels.Count - toxic))];
        return [.. features.to(ScalarType.Float64).t().mv(tensor(shares, ScalarType.Float64)).data<double>()];
    }

    /// <summary>Mean unembedding row of toxic seed words minus that of friendly ones; a word is the mean over its tokens.</summary>
    /// <param name="model">Whose unembedding.</param>
    /// <param name="toxic">Token ids of each word, without leading space and special tokens.</param>
    /// <param name="friendly">The same, for the friendly end.</param>
    /// <returns>w, [d].</returns>
    /// <exception cref="DirectionException">A word has no tokens.</exception>
    public static double[] OfEmbeddings(Decoder model, IReadOnlyList<int[]> toxic, IReadOnlyList<int[]> friendly)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return [.. (MeanOfWords(model, toxic) - MeanOfWords(model, friendly)).data<double>()];
    }

    private static Tensor MeanOfWords(Decoder model, IReadOnlyList<int[]> words)
    {
        if (words.Count == 0 || words.Any(word => word.Length == 0))
            throw new DirectionException("A seed word has no tokens. Remove it, or choose another.");
        Tensor[] means =
        [
            .. words.Select(word =>
            {
                Tensor ids = tensor(word.Select(id => (long)id).ToArray(), ScalarType.Int64).to(model.Device);
                return model.UnembeddingRows.index_select(0, ids).cpu().to(ScalarType.Float64).mean([0L]);   // [d]
            }),
        ];
        return stack(means).mean([0L]);
    }
}
