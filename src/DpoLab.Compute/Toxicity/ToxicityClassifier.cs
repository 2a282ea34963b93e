using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Runs;
using DpoLab.Compute.Tokenization;
using static TorchSharp.torch;

namespace DpoLab.Compute.Toxicity;

/// <summary>
/// A BERT, RoBERTa or DeBERTa-v3 sequence classifier in a Hugging Face folder, computed in fp32. For one thread at a time.
/// </summary>
public sealed class ToxicityClassifier : IToxicityScorer
{
    /// <summary>Tokens, padding included, in one forward pass: enough to keep the device busy.</summary>
    private const int TokensInBatch = 4096;

    private readonly string folder;
    private readonly EncoderConfiguration configuration;
    private readonly Tokenizer tokenizer;
    private readonly Encoder encoder;
    private readonly ClassifierHead head;
    private readonly Device device;
    private readonly IReadOnlyList<Tensor> weights;
    private string? digest;

    private ToxicityClassifier(string folder, EncoderConfiguration configuration, ToxicityOutput output, Device device)
    {
        this.folder = folder;
        this.configuration = configuration;
        this.device = device;
        Output = output;
        tokenizer = Tokenizer.Load(folder);
        if (tokenizer.VocabularySize > configuration.Vocabulary)
        {
            throw new InputException(
                $"{folder}: the tokenizer has {tokenizer.VocabularySize} tokens, the model {configuration.Vocabulary}. They do not belong together.");
        }

        using var files = CheckpointFolder.Open(folder);
        var reader = new EncoderWeightReader(files, device, configuration.NormEpsilon);
        weights = reader.Kept;
        try
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            encoder = new Encoder(configuration, reader);
            head = new ClassifierHead(configuration, reader);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The output that counts as toxicity.</summary>
    public ToxicityOutput Output { get; }

    /// <summary>The names of all outputs.</summary>
    public IReadOnlyList<string> Labels => ToxicityOutput.NamesOf(configuration.Labels);

    /// <summary>Texts are cut at so many tokens, special ones included.</summary>
    public int LongestSequence => Math.Min(configuration.LongestSequence, tokenizer.MaxLength ?? int.MaxValue);

    /// <inheritdoc/>
    public string Name => $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))} ({Output.Label})";

    /// <inheritdoc/>
    public string Means => Output.Form switch
    {
        ScoreForm.Sigmoid => $"sigmoid of {Output.Label}",
        ScoreForm.Softmax => $"softmax, share of {Output.Label}",
        _ => $"{Output.Label}, cut to 0…1",
    };

    /// <inheritdoc/>
    public string Digest => digest ??= ContentDigest.OfFolder(folder, ModelFiles.Count).Sha256;

    /// <summary>Loads a classifier.</summary>
    /// <param name="folder">Configuration, weights and tokenizer.</param>
    /// <param name="label">Which output is toxicity; null: the one of that name, or the only one.</param>
    /// <param name="device">Null: the CPU.</param>
    /// <exception cref="InputException">The folder holds no such classifier, or is damaged; the message says what is wrong where.</exception>
    public static ToxicityClassifier Load(string folder, string? label = null, Device? device = null)
    {
        if (!Directory.Exists(folder))
            throw new InputException($"{folder}: there is no such folder. A scorer is a folder with config.json, weights and tokenizer.");
        var read = EncoderConfiguration.Read(folder);
        var output = ToxicityOutput.Pick(read.Labels, read.ProblemType, label, folder);
        return new ToxicityClassifier(folder, read, output, device ?? CPU);
    }

    /// <inheritdoc/>
    public IReadOnlyList<double?> Score(IReadOnlyList<string> texts, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var scores = new double?[texts.Count];
        var logits = Logits(texts, progress, cancellationToken);
        for (int i = 0; i < scores.Length; i++)
            scores[i] = Output.Score(logits[i]);
        return scores;
    }

    /// <summary>The token ids that a text is judged by.</summary>
    public int[] Encode(string text) => tokenizer.EncodeCut(text, LongestSequence);

    /// <summary>Every output of every text, before it becomes a score.</summary>
    public IReadOnlyList<float[]> Logits(IReadOnlyList<string> texts, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int[][] ids = [.. texts.Select(Encode)];
        // texts of like length together: little padding, and the same batches whatever order the texts come in
        int[] order = [.. Enumerable.Range(0, texts.Count).OrderByDescending(i => ids[i].Length)];
        var logits = new float[texts.Count][];
        for (int done = 0; done < order.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int rows = Math.Clamp(TokensInBatch / Math.Max(1, ids[order[done]].Length), 1, order.Length - done);
            int[] batch = order[done..(done + rows)];
            float[] values = Forward([.. batch.Select(i => ids[i])]);
            for (int row = 0; row < rows; row++)
                logits[batch[row]] = values[(row * Labels.Count)..((row + 1) * Labels.Count)];
            done += rows;
            progress?.Report(done);
        }

        return logits;
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        foreach (var tensor in weights)
            tensor.Dispose();
    }

    private float[] Forward(IReadOnlyList<int[]> ids)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var batch = TokenBatch.Of(ids, configuration.Pad, PaddingSide.Right);
        var input = tensor(batch.Ids, [batch.Rows, batch.Columns], ScalarType.Int64).to(device);
        var mask = tensor(batch.Mask, [batch.Rows, batch.Columns], ScalarType.Int64).to(device).to(ScalarType.Bool);
        return head.Logits(encoder.Hidden(input, mask)).cpu().data<float>().ToArray();
    }
}
