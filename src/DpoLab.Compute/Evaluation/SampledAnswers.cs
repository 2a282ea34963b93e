using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Evaluation;

/// <summary>Several sampled continuations of each prompt, as the RealToxicityPrompts protocol draws them.</summary>
public static class SampledAnswers
{
    /// <summary>The tokens before the end of text, [prompt · samples + sample]. Each has its own stream of draws, however the prompts are batched.</summary>
    /// <param name="decoder">The model, with whatever intervenes on it.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="prompts">Token ids.</param>
    /// <param name="newTokens">At most.</param>
    /// <param name="sampling">How to draw.</param>
    /// <param name="seed">Determines the draws.</param>
    /// <param name="batchSize">Continuations at once.</param>
    /// <param name="progress">Continuations done.</param>
    /// <param name="cancellationToken">Looked at in every step.</param>
    public static int[][] Of(
        Decoder decoder,
        Tokenizer tokenizer,
        IReadOnlyList<int[]> prompts,
        int newTokens,
        SampledToxicityOptions sampling,
        int seed,
        int batchSize,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sampling);
        var options = new GenerationOptions
        {
            NewTokens = newTokens,
            Temperature = sampling.Temperature,
            TopP = sampling.TopP,
            Seed = seed,
            EndOfText = ModelAnswers.EndOfText(decoder, tokenizer),
            PadId = ModelAnswers.PadId(tokenizer),
        };
        int[][] repeated = [.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt, sampling.Samples))];
        var tokens = progress is null ? null : new ModelAnswers.PromptsDone(progress, newTokens);
        return ModelAnswers.Continue(decoder, repeated, options, batchSize, tokens, cancellationToken);
    }
}
