using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Compute.Generation;

/// <summary>
/// Continues batches of left-padded prompts, one token a step, with a key/value cache that is allocated once. Each pass goes through the
/// decoder's hooks, so statistics and interventions act while the text is made: the pass over the prompts predicts the first token, each later
/// one the next, and <see cref="ForwardContext.ActiveRows"/> says for which rows that token counts.
/// </summary>
public static class TextGenerator
{
    /// <summary>Continues one batch.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="ids">Prompts, int64 <c>[B, T]</c>, padded on the left.</param>
    /// <param name="mask">1 for real tokens, <c>[B, T]</c>; null when all prompts are equally long.</param>
    /// <param name="options">How.</param>
    /// <param name="rows">The place of each row in the whole prompt set, which determines its draws; null for 0, 1, ….</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="look">Sees each step before the next one begins; null: nobody looks.</param>
    /// <param name="cancellationToken">Ends the generation at the next step.</param>
    /// <exception cref="ArgumentException">A prompt is padded on the right, or prompt and new tokens together exceed the context.</exception>
    public static GeneratedBatch Generate(
        Decoder decoder,
        Tensor ids,
        Tensor? mask,
        GenerationOptions options,
        IEnumerable<long>? rows = null,
        IProgress<GenerationProgress>? progress = null,
        Action<GenerationStep>? look = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var (batch, length) = (ids.shape[0], ids.shape[1]);
        var wholeMask = WholeMask(ids, mask, options.NewTokens, decoder);
        CheckContext(decoder, mask, length, options.NewTokens);
        using var cache = new KeyValueCache(decoder, batch, length + options.NewTokens - 1);
        var state = new GenerationState(options, batch, decoder.Device);
        var sampler = new TokenSampler(options, rows ?? Enumerable.Range(0, (int)batch).Select(row => (long)row));
        var input = ids;
        for (var step = 0; step < options.NewTokens && !state.AllEnded; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            var seen = wholeMask?.narrow(1, 0, length + step);
            var hidden = decoder.Hidden(input, seen, cache, new ForwardOptions { ActiveRows = state.Active });
            var last = hidden.narrow(1, hidden.shape[1] - 1, 1).squeeze(1); // [B, D]
            var logits = decoder.Unembed(decoder.FinalNorm(last)); // [B, V]
            var next = state.Take(step, sampler.Next(logits));
            look?.Invoke(new GenerationStep(step, last, logits, next));
            if (!state.AllEnded && state.GiveUpEnded() is { } going)
            {
                using var index = tensor(Array.ConvertAll(going, place => (long)place), ScalarType.Int64, decoder.Device);
                next = next.index_select(0, index);
                cache.Keep(index);
                sampler.Keep(going);
                if (wholeMask is not null)
                    wholeMask = stepScope.MoveToOuter(wholeMask.index_select(0, index));
            }

            input = stepScope.MoveToOuter(next.unsqueeze(1)); // [rows, 1]
            progress?.Report(new GenerationProgress(batch * (step + 1), batch * options.NewTokens));
        }

        return state.Result();
    }

    /// <summary>Continues any number of prompts, in batches of prompts of similar length.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="prompts">Token ids.</param>
    /// <param name="options">How.</param>
    /// <param name="batchSize">Prompts at a time.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends the generation at the next step.</param>
    /// <returns>For each prompt, in the given order, its new tokens, the end of text included.</returns>
    public static IReadOnlyList<int[]> GenerateAll(
        Decoder decoder,
        IReadOnlyList<int[]> prompts,
        GenerationOptions options,
        int batchSize = 64,
        IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        var continuations = new int[prompts.Count][];
        // Neighbours of similar length waste little on padding.
        var order = Enumerable.Range(0, prompts.Count).OrderBy(row => prompts[row].Length).ToArray();
        long total = (long)prompts.Count * options.NewTokens, before = 0;
        foreach (var rows in order.Chunk(batchSize))
        {
            using var scope = NewDisposeScope();
            var (ids, mask) = PromptBatch.Pad([.. rows.Select(row => prompts[row])], options.PadId, decoder.Device);
            var within = progress is null ? null : new Offset(progress, before, total);
            var batch = Generate(decoder, ids, mask, options, rows.Select(row => (long)row), within, cancellationToken: cancellationToken);
            for (var i = 0; i < rows.Length; i++)
                continuations[rows[i]] = batch.Row(i);
            before += (long)rows.Length * options.NewTokens;
            progress?.Report(new GenerationProgress(before, total));
        }

        return continuations;
    }

    /// <summary>The mask over prompt and all new tokens, <c>[B, T + new]</c>; null when nothing is padded.</summary>
    private static Tensor? WholeMask(Tensor ids, Tensor? mask, int newTokens, Decoder decoder)
    {
        if (mask is null || DecoderInput.IsAllOnes(mask))
            return null;
        if (mask.dim() != 2 || !mask.shape.SequenceEqual(ids.shape))
            throw new ArgumentException($"The mask is [{string.Join(", ", mask.shape)}]; the prompts are [{string.Join(", ", ids.shape)}].", nameof(mask));
        using var last = mask.narrow(1, mask.shape[1] - 1, 1);
        if (!DecoderInput.IsAllOnes(last))
            throw new ArgumentException("Prompts must be padded on the left: the last position of a row is padding.", nameof(mask));
        return cat([mask.to(decoder.Device), ones([mask.shape[0], newTokens], mask.dtype, decoder.Device)], 1);
    }

    private static void CheckContext(Decoder decoder, Tensor? mask, long length, int newTokens)
    {
        using var scope = NewDisposeScope();
        var longest = mask is null ? length : (mask != 0).sum(1).max().item<long>();
        // The last new token is not read again.
        if (longest + newTokens - 1 > decoder.Configuration.ContextLength)
        {
            throw new ArgumentException(
                $"A prompt of {longest} tokens and {newTokens} new ones do not fit into the model's context of {decoder.Configuration.ContextLength}. " +
                "Cut the prompts or ask for fewer new tokens.", nameof(length));
        }
    }

    private sealed class Offset(IProgress<GenerationProgress> whole, long before, long total) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => whole.Report(new GenerationProgress(before + value.Done, total));
    }
}
