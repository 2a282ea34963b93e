using DpoLab.Compute.Models;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Results;
using static TorchSharp.torch;

namespace DpoLab.Compute.Evaluation;

/// <summary>A text ready to be measured.</summary>
/// <param name="Ids">Its token ids.</param>
/// <param name="Bytes">Its UTF-8 bytes.</param>
public sealed record TokenizedText(int[] Ids, long Bytes);

/// <summary>How well a model predicts a text: exp of the mean negative log-likelihood over scored tokens (science.md, section 7).</summary>
public static class Perplexity
{
    /// <summary>Tokens that go through the model at once.</summary>
    private const int TokensPerBatch = 4096;

    /// <summary>Logits that exist at once: 64 MB in fp32.</summary>
    private const long LogitsPerPiece = 16 << 20;

    /// <summary>Summed negative log-likelihood in nats and the number of scored tokens.</summary>
    /// <param name="decoder">The model, with whatever intervenes on it.</param>
    /// <param name="ids">The text.</param>
    /// <param name="windows">Of <see cref="TextWindows.Cut"/>.</param>
    /// <param name="progress">Windows done.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    public static (double Nats, long Scored) Sum(
        Decoder decoder,
        int[] ids,
        IReadOnlyList<TextWindow> windows,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(windows);
        using var noGrad = no_grad();
        using var outer = NewDisposeScope();
        var total = zeros([], ScalarType.Float64, decoder.Device);
        int done = 0;

        // Windows of one shape go together; they differ only at the text's two ends.
        foreach (var alike in windows.GroupBy(w => (w.Length, w.FirstScored)))
        {
            foreach (var batch in alike.Chunk(Math.Max(1, TokensPerBatch / alike.Key.Length)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                AddBatch(decoder, ids, batch, total);
                progress?.Report(done += batch.Length);
            }
        }

        return (total.cpu().item<double>(), windows.Sum(w => (long)w.Scored));
    }

    /// <summary>Perplexity of a text.</summary>
    /// <param name="decoder">The model, with whatever intervenes on it.</param>
    /// <param name="text">The text.</param>
    /// <param name="window">Greatest tokens in a window; null: 1024 or the model's length, whichever is less.</param>
    /// <param name="stride">Null: windows do not overlap.</param>
    /// <param name="countUnscored">Divide by all tokens, as the reference code does (science.md, section 8).</param>
    /// <param name="progress">Windows done.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <exception cref="InputException">The text has no token to score, the window is longer than the model allows, or the stride longer than the window.</exception>
    public static PerplexityResult Of(
        Decoder decoder,
        TokenizedText text,
        int? window = null,
        int? stride = null,
        bool countUnscored = false,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(text);
        int length = WindowFor(decoder, window);
        var windows = Windows(decoder, text, window, stride);
        if (windows.Count == 0)
            throw new InputException($"The text for perplexity has {text.Ids.Length} tokens; at least 2 are needed. Choose a longer text.");
        var (nats, scored) = Sum(decoder, text.Ids, windows, progress, cancellationToken);
        double mean = nats / (countUnscored ? text.Ids.Length : scored);
        return new PerplexityResult(Math.Exp(mean), mean, nats / Math.Log(2) / text.Bytes, scored, length, stride);
    }

    /// <summary>The windows that a text is cut into for a model.</summary>
    /// <exception cref="InputException">The window is longer than the model allows, or the stride longer than the window.</exception>
    public static IReadOnlyList<TextWindow> Windows(Decoder decoder, TokenizedText text, int? window, int? stride)
    {
        ArgumentNullException.ThrowIfNull(text);
        int length = WindowFor(decoder, window);
        return stride is null || stride <= length
            ? TextWindows.Cut(text.Ids.Length, length, stride)
            : throw new InputException($"A stride of {stride} tokens would leave gaps between windows of {length}. Enter at most {length}.");
    }

    /// <summary>The window that a model is measured with.</summary>
    public static int WindowFor(Decoder decoder, int? window)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        int longest = decoder.Configuration.ContextLength;
        if (ModelRefusals.Window(window, longest) is { } reason)
            throw new InputException(reason);
        return window ?? Math.Min(1024, longest);
    }

    private static void AddBatch(Decoder decoder, int[] ids, TextWindow[] batch, Tensor total)
    {
        using var scope = NewDisposeScope();
        int length = batch[0].Length;
        int first = batch[0].FirstScored;
        long[] flat = [.. batch.SelectMany(w => ids.AsSpan(w.Start, length).ToArray()).Select(id => (long)id)];
        var input = tensor(flat, ScalarType.Int64, decoder.Device).view(batch.Length, length); // [B, T]
        var hidden = decoder.Hidden(input) // [B, T, d]
            .narrow(1, first - 1, length - first).reshape(-1, decoder.Configuration.Width); // [B·scored, d]: the positions that predict
        var targets = input.narrow(1, first, length - first).reshape(-1); // [B·scored]
        long piece = Math.Max(1, LogitsPerPiece / decoder.Configuration.Vocabulary);
        for (long start = 0; start < targets.shape[0]; start += piece)
        {
            using var inner = NewDisposeScope();
            long count = Math.Min(piece, targets.shape[0] - start);
            var logits = decoder.Unembed(decoder.FinalNorm(hidden.narrow(0, start, count))).to(ScalarType.Float32); // [piece, V]
            var nll = nn.functional.cross_entropy(logits, targets.narrow(0, start, count), reduction: nn.Reduction.None);
            total.add_(nll.to(ScalarType.Float64).sum());
        }
    }
}
