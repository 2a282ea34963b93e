using static TorchSharp.torch;

namespace DpoLab.Compute.Generation;

/// <summary>
/// Chooses the next token of each row. The random numbers come from a generator of our own, one stream a row, so that a seed means the same
/// text on every device and in every batch (as far as the logits are the same).
/// </summary>
internal sealed class TokenSampler
{
    /// <summary>Sorting 50,000 logits a row is ten times slower than taking the first thousand, which nearly always reach top-p.</summary>
    private const int LikelyEnough = 1024;

    private readonly GenerationOptions options;
    private SeededRandom[] streams;

    /// <summary>For the rows <paramref name="rows"/> of a whole prompt set.</summary>
    public TokenSampler(GenerationOptions options, IEnumerable<long> rows)
    {
        this.options = options;
        streams = options.IsSampled ? [.. rows.Select(row => Stream(options.Seed, row))] : [];
    }

    /// <summary>From now on only the rows at these places are drawn for; each goes on in its own stream.</summary>
    public void Keep(int[] places)
    {
        if (options.IsSampled)
            streams = Array.ConvertAll(places, place => streams[place]);
    }

    /// <summary>From logits <c>[B, V]</c> to token ids <c>[B]</c>.</summary>
    public Tensor Next(Tensor logits)
    {
        using var scope = NewDisposeScope();
        if (!options.IsSampled)
            return scope.MoveToOuter(logits.argmax(-1));
        var scaled = logits.to(ScalarType.Float32) / options.Temperature;
        using var draws = tensor(streams.Select(stream => stream.NextDouble()).ToArray(), [streams.Length, 1], ScalarType.Float64, logits.device);
        var vocabulary = (int)scaled.shape[1];
        if (options.TopK is null && options.TopP >= 1)
            return scope.MoveToOuter(Drawn(scaled.softmax(-1, ScalarType.Float64), draws));
        var likely = Math.Min(options.TopK ?? LikelyEnough, vocabulary);
        var (chosen, complete) = FromLikeliest(scaled, likely, draws);
        // Where the likeliest thousand do not reach top-p, all are needed.
        return scope.MoveToOuter(complete ? chosen : FromLikeliest(scaled, vocabulary, draws).Chosen);
    }

    private (Tensor Chosen, bool Complete) FromLikeliest(Tensor scaled, int count, Tensor draws)
    {
        var (values, ids) = scaled.topk(count);
        var wide = values.to(ScalarType.Float64);
        // With top-k, the probabilities are those among the k; else those among all tokens.
        var probabilities = options.TopK is null ? (wide - scaled.to(ScalarType.Float64).logsumexp(-1, keepdim: true)).exp() : wide.softmax(-1);
        var before = probabilities.cumsum(-1) - probabilities;
        var complete = options.TopK is not null || count == scaled.shape[1]
            || (probabilities.sum(-1) >= options.TopP).all().item<bool>();
        var kept = probabilities * (before < options.TopP).to(ScalarType.Float64);
        return (ids.gather(-1, Drawn(kept, draws).unsqueeze(-1)).squeeze(-1), complete);
    }

    /// <summary>The first index at which the running sum of <paramref name="weights"/> exceeds draw · sum.</summary>
    private static Tensor Drawn(Tensor weights, Tensor draws)
    {
        var reached = weights.cumsum(-1);
        var target = reached.narrow(-1, reached.shape[1] - 1, 1) * draws;
        var index = (reached <= target).sum(-1);
        // Rounding can place the target at the very end, behind the last token that has any weight.
        var last = (weights > 0).to(ScalarType.Int64).cumsum(-1).argmax(-1);
        return index.minimum(last);
    }

    private static SeededRandom Stream(long seed, long row)
    {
        // Hashed twice: streams of neighbouring seeds would otherwise be shifted copies of each other.
        var of = new SeededRandom(seed).NextBits();
        return new SeededRandom(unchecked((long)new SeededRandom(unchecked((long)(of ^ ((ulong)row * 0xD1342543DE82EF95)))).NextBits()));
    }
}
