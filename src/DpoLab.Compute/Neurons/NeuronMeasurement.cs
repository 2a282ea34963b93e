using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Neurons;

/// <summary>How neurons are measured.</summary>
public sealed record NeuronMeasurementOptions
{
    public int NewTokens { get; init; } = 20;

    public int BatchSize { get; init; } = 64;

    /// <summary>Ids that end a text.</summary>
    public required IReadOnlyList<long> EndOfText { get; init; }

    /// <summary>Any id of the vocabulary.</summary>
    public long PadId { get; init; }

    public Protocol Protocol { get; init; } = Protocol.Corrected;
}

/// <summary>A model's statistics and the continuations that they are of.</summary>
/// <param name="Statistics">Of every neuron.</param>
/// <param name="Continuations">For each prompt its new tokens, the end of text included.</param>
public sealed record NeuronMeasurement(ModelStatistics Statistics, IReadOnlyList<int[]> Continuations)
{
    /// <summary>
    /// Gathers activation statistics over a model's own greedy continuations (science.md, section 5). <see cref="Protocol.Corrected"/>: during the
    /// generation itself, at the positions that predict the counted tokens, up to and including the first end of text.
    /// <see cref="Protocol.Published"/>: in a second pass, at every one of the new tokens, with end of text switched off.
    /// </summary>
    /// <param name="decoder">Base or tuned model.</param>
    /// <param name="prompts">Token ids, cut already.</param>
    /// <param name="direction">w: [d].</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Tokens generated.</param>
    /// <param name="cancellationToken">Looked at in every step.</param>
    /// <exception cref="InputException">The direction does not fit the model, or no token was generated.</exception>
    /// <exception cref="InvalidOperationException">The neurons' projections do not add up to the MLP's output.</exception>
    public static NeuronMeasurement Of(
        Decoder decoder,
        IReadOnlyList<int[]> prompts,
        double[] direction,
        NeuronMeasurementOptions options,
        IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var unit = ValueVectors.Unit(decoder, direction);
        bool corrected = options.Protocol is Protocol.Corrected;
        var generation = new GenerationOptions
        {
            NewTokens = options.NewTokens,
            EndOfText = options.EndOfText,
            StopAtEndOfText = corrected,
            PadId = options.PadId,
        };
        if (corrected)
        {
            using var sums = new ActivationSums(decoder, options.Protocol, columns: 1);
            var continuations = TextGenerator.GenerateAll(decoder, prompts, generation, options.BatchSize, progress, cancellationToken);
            return new NeuronMeasurement(sums.Statistics(unit), continuations);
        }

        var written = TextGenerator.GenerateAll(decoder, prompts, generation, options.BatchSize, progress, cancellationToken);
        using var second = new ActivationSums(decoder, options.Protocol, columns: options.NewTokens);
        int[][] texts = [.. prompts.Zip(written, (prompt, continuation) => (int[])[.. prompt, .. continuation])];
        foreach (int[][] batch in texts.Chunk(options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var (ids, mask) = PromptBatch.Pad(batch, options.PadId, decoder.Device);
            decoder.Hidden(ids, mask);
        }

        return new NeuronMeasurement(second.Statistics(unit), written);
    }
}
