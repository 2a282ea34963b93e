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

    /// <summary>
    /// Gathers activation statistics while a model reads given texts (science.md, section 5, teacher-forced): at the positions that predict a
    /// continuation's tokens (<see cref="Protocol.Corrected"/>), or at those tokens (<see cref="Protocol.Published"/>).
    /// </summary>
    /// <param name="decoder">Base or tuned model.</param>
    /// <param name="prompts">Token ids, cut already.</param>
    /// <param name="continuations">For each prompt the tokens that count; prompts without any are not read.</param>
    /// <param name="direction">w: [d].</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Texts read.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <exception cref="InputException">The direction does not fit the model, or no token counts.</exception>
    /// <exception cref="InvalidOperationException">The neurons' projections do not add up to the MLP's output.</exception>
    public static ModelStatistics OfTexts(
        Decoder decoder,
        IReadOnlyList<int[]> prompts,
        IReadOnlyList<int[]> continuations,
        double[] direction,
        NeuronMeasurementOptions options,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var unit = ValueVectors.Unit(decoder, direction);
        bool corrected = options.Protocol is Protocol.Corrected;
        using var sums = new ActivationSums(decoder, options.Protocol, columns: 1);
        (int[] Prompt, int[] Continuation)[] texts = [.. prompts.Zip(continuations).Where(text => text.Second.Length > 0).OrderBy(text => text.First.Length + text.Second.Length)];
        int done = 0;
        foreach (var batch in texts.Chunk(options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();

            // the last token predicts nothing that counts
            int[][] read = [.. batch.Select(text => (int[])[.. text.Prompt, .. corrected ? text.Continuation[..^1] : text.Continuation])];
            var (ids, mask) = PromptBatch.Pad(read, options.PadId, decoder.Device);
            sums.Count(CountedColumns([.. batch.Select(text => text.Continuation.Length)]).to(decoder.Device));
            decoder.Hidden(ids, mask);
            progress?.Report(done += batch.Length);
        }

        return sums.Statistics(unit);
    }

    /// <summary>1 in the last columns of each row that hold its counted positions: [rows, most].</summary>
    private static Tensor CountedColumns(int[] counts)
    {
        int most = counts.Max();
        float[] weights = new float[counts.Length * most];
        for (int row = 0; row < counts.Length; row++)
            Array.Fill(weights, 1, (row * most) + most - counts[row], counts[row]);
        return tensor(weights, ScalarType.Float32).view(counts.Length, most);
    }
}
