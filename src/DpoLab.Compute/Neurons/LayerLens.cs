using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts.Playground;
using static TorchSharp.torch;

namespace DpoLab.Compute.Neurons;

/// <summary>
/// The logit lens: what would come next if the model ended before or after the MLP of a layer. The stream at the last position of a prompt goes
/// through the model's own end, final norm, unembedding and Gemma 2's soft cap, so that the last point is the model's own prediction.
/// </summary>
/// <remarks>
/// The figure of the token " shit" by layer of Lee et al. (2024) and of the paper. Where attention and MLP read the same stream (GPT-NeoX), the
/// point before the MLP is the stream with the attention's part alone added.
/// </remarks>
public sealed class LayerLens
{
    private const int Resamples = 1000;

    private readonly Decoder decoder;
    private readonly long[] followed;
    private readonly List<Accumulated> points = [];
    private readonly int prompts;
    private int read;

    private LayerLens(Decoder decoder, IReadOnlyList<int> followed, int prompts)
    {
        this.decoder = decoder;
        this.prompts = prompts;
        this.followed = [.. followed.Select(id => (long)id)];
    }

    /// <summary>Reads prompts.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="tokenizer">Spells the likeliest tokens.</param>
    /// <param name="prompts">Token ids, none empty.</param>
    /// <param name="followed">Ids of the tokens to follow.</param>
    /// <param name="top">Likeliest tokens at each point.</param>
    /// <param name="batchSize">Prompts at a time.</param>
    /// <param name="progress">Prompts done.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <returns>Before and after the MLP of each layer, from the first layer up.</returns>
    public static IReadOnlyList<LensPoint> Read(
        Decoder decoder,
        Tokenizer tokenizer,
        IReadOnlyList<int[]> prompts,
        IReadOnlyList<int> followed,
        int top,
        int batchSize = 16,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(followed);
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var lens = new LayerLens(decoder, followed, prompts.Count);
        var hooks = lens.PutOn();
        try
        {
            foreach (var batch in prompts.Chunk(batchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                var (ids, mask) = PromptBatch.Pad(batch, padId: 0, decoder.Device);
                decoder.Hidden(ids, mask);
                lens.read += batch.Length;
                progress?.Report(lens.read);
            }
        }
        finally
        {
            hooks.ForEach(hook => hook.Dispose());
        }

        return [.. lens.points.Select(point => lens.Result(point, tokenizer, top))];
    }

    private List<IDisposable> PutOn()
    {
        var hooks = new List<IDisposable>();
        for (int layer = 0; layer < decoder.Configuration.Layers; layer++)
        {
            foreach (var point in new[] { HookPoint.ResidMid, HookPoint.ResidPost })
            {
                var sums = new Accumulated(layer, point is HookPoint.ResidPost, zeros(decoder.Configuration.Vocabulary, ScalarType.Float32, decoder.Device), new double[followed.Length, prompts]);
                points.Add(sums);
                hooks.Add(decoder.Hooks.Add(point, layer, (value, _) =>
                {
                    Add(sums, value);
                    return value;
                }));
            }
        }

        return hooks;
    }

    private void Add(Accumulated to, Tensor stream)
    {
        using var scope = NewDisposeScope();
        var last = stream.narrow(1, stream.shape[1] - 1, 1).squeeze(1); // [B, D]
        var probabilities = decoder.Unembed(decoder.FinalNorm(last)).to(ScalarType.Float32).softmax(-1); // [B, V]
        to.Sum.add_(probabilities.sum([0L]));
        if (followed.Length == 0)
            return;
        float[] mine = probabilities.index_select(1, tensor(followed, ScalarType.Int64, decoder.Device)).cpu().contiguous().data<float>().ToArray();
        for (int i = 0; i < mine.Length; i++)
            to.Followed[i % followed.Length, read + (i / followed.Length)] = mine[i];
    }

    private LensPoint Result(Accumulated point, Tokenizer tokenizer, int top)
    {
        using var scope = NewDisposeScope();
        var bootstrap = new Bootstrap(Resamples);
        var (values, ids) = (point.Sum / prompts).topk(Math.Min(top, (int)point.Sum.shape[0]));
        float[] means = values.cpu().data<float>().ToArray();
        long[] tokens = ids.cpu().data<long>().ToArray();
        return new LensPoint
        {
            Layer = point.Layer,
            AfterMlp = point.AfterMlp,
            Probabilities =
            [
                .. Enumerable.Range(0, followed.Length)
                    .Select(token => bootstrap.Mean([.. Enumerable.Range(0, prompts).Select(prompt => (double?)point.Followed[token, prompt])])!),
            ],
            Top = [.. tokens.Zip(means, (id, mean) => new NextToken((int)id, tokenizer.Decode([(int)id], skipSpecialTokens: false), mean))],
        };
    }

    /// <summary>What has been read at one point.</summary>
    /// <param name="Layer">From 0.</param>
    /// <param name="AfterMlp">After the MLP.</param>
    /// <param name="Sum">Probabilities summed over prompts: <c>[V]</c>.</param>
    /// <param name="Followed">Probability of each followed token in each prompt.</param>
    private sealed record Accumulated(int Layer, bool AfterMlp, Tensor Sum, double[,] Followed);
}
