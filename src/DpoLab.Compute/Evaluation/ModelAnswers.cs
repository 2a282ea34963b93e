using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;

namespace DpoLab.Compute.Evaluation;

/// <summary>Continuations as every measurement reads them: the tokens before the end of text.</summary>
public static class ModelAnswers
{
    /// <summary>The tokens of each prompt's continuation before its end of text; empty where the model ends at once.</summary>
    /// <param name="decoder">The model, with whatever intervenes on it.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="prompts">Token ids.</param>
    /// <param name="options">New tokens at most, and how they are chosen; what ends and pads a text is the model's own.</param>
    /// <param name="batchSize">Prompts at once.</param>
    /// <param name="progress">Prompts done.</param>
    /// <param name="cancellationToken">Looked at in every step.</param>
    public static int[][] Of(
        Decoder decoder,
        Tokenizer tokenizer,
        IReadOnlyList<int[]> prompts,
        GenerationOptions options,
        int batchSize,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        var ends = EndOfText(decoder, tokenizer);
        var own = options with { EndOfText = ends, PadId = PadId(tokenizer) };
        var tokens = progress is null ? null : new PromptsDone(progress, options.NewTokens);
        return Continue(decoder, prompts, own, batchSize, tokens, cancellationToken);
    }

    /// <summary>The tokens of each prompt's continuation before its end of text, however they are chosen.</summary>
    internal static int[][] Continue(
        Decoder decoder,
        IReadOnlyList<int[]> prompts,
        GenerationOptions options,
        int batchSize,
        IProgress<GenerationProgress>? progress,
        CancellationToken cancellationToken)
    {
        var continuations = TextGenerator.GenerateAll(decoder, prompts, options, batchSize, progress, cancellationToken);
        return [.. continuations.Select(ids => ids.Length > 0 && options.EndOfText.Contains(ids[^1]) ? ids[..^1] : ids)];
    }

    /// <summary>The ids that end a text: those of the model's configuration and the tokenizer's.</summary>
    public static IReadOnlyList<long> EndOfText(Decoder decoder, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(tokenizer);
        IEnumerable<long> own = tokenizer.EndOfText is { } id ? [id] : [];
        return [.. decoder.Configuration.EndOfText.Concat(own).Distinct()];
    }

    /// <summary>An id to pad with; masked wherever it stands.</summary>
    public static long PadId(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer.Pad ?? tokenizer.EndOfText ?? 0;
    }

    internal sealed class PromptsDone(IProgress<int> prompts, int newTokens) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => prompts.Report((int)(value.Done / newTokens));
    }
}
