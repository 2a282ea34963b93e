using DpoLab.Compute.Models;
using DpoLab.Contracts.Hosting;
using static TorchSharp.torch;

namespace DpoLab.Compute.Directions;

/// <summary>
/// The features of the reference code's probe (science.md, sections 3 and 8): texts padded on the left with id 0 to one width,
/// positions 0 … width − 1, and the mean over all positions, padding too, of the stream after the final norm.
/// </summary>
public static class PublishedTextFeatures
{
    private const long FillId = 0;

    /// <summary>One vector a text.</summary>
    /// <param name="model">The model that reads.</param>
    /// <param name="texts">Token ids with special tokens, at least one and at most <paramref name="width"/> each.</param>
    /// <param name="width">Positions of every text; 128 in the reference code.</param>
    /// <param name="batchSize">Texts in one forward pass.</param>
    /// <param name="progress">Texts done.</param>
    /// <param name="cancellation">Ends it between batches.</param>
    /// <returns>[N, d] float64 on the CPU, in the current dispose scope.</returns>
    /// <exception cref="DirectionException">A text is empty or too long, or the model reads less than the width.</exception>
    public static Tensor Mean(
        Decoder model,
        IReadOnlyList<int[]> texts,
        int width,
        int batchSize,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        if (ModelRefusals.PublishedProbe(width, model.Configuration.ContextLength) is { } reason)
            throw new DirectionException(reason);

        int bad = texts.ToList().FindIndex(text => text.Length == 0 || text.Length > width);
        if (bad >= 0)
            throw new DirectionException($"Text {bad + 1} has {texts[bad].Length} tokens; 1 to {width} were expected.");
        using var noGrad = no_grad();
        var batches = new List<Tensor>();
        int done = 0;
        foreach (int[][] batch in texts.Chunk(batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            long[] ids = [.. batch.SelectMany(text => Enumerable.Repeat(FillId, width - text.Length).Concat(text.Select(id => (long)id)))];
            long[] mask = [.. batch.SelectMany(text => Enumerable.Range(0, width).Select(t => t < width - text.Length ? 0L : 1L))];
            var options = new ForwardOptions { Positions = arange(width, ScalarType.Int64).unsqueeze(0), PlainAttention = true };
            Tensor hidden = model.Hidden(
                tensor(ids).view(batch.Length, width).to(model.Device),
                tensor(mask).view(batch.Length, width).to(model.Device),
                options: options);                                               // [B, T, d]
            batches.Add(model.FinalNorm(hidden).cpu().to(ScalarType.Float64).mean([1L]).MoveToOuterDisposeScope());
            progress?.Report(done += batch.Length);
        }

        return cat(batches);
    }
}
