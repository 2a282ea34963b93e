namespace DpoLab.Compute.Models;

/// <summary>The weights of a decoder in the places where the forward pass uses them.</summary>
public sealed record DecoderWeights
{
    /// <summary>Token embeddings: <c>[V, D]</c>.</summary>
    public required Weight Embedding { get; init; }

    /// <summary>Learned position vectors: <c>[ContextLength, D]</c>, or null.</summary>
    public Weight? PositionEmbedding { get; init; }

    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    public required Norm FinalNorm { get; init; }

    /// <summary>The unembedding <c>[V, D]</c>: the same object as <see cref="Embedding"/> when tied.</summary>
    public required Weight Unembedding { get; init; }

    /// <summary>Every weight once, in the order of the forward pass.</summary>
    public IEnumerable<Weight> All()
    {
        IEnumerable<Weight?> weights =
            [Embedding, PositionEmbedding, .. Layers.SelectMany(layer => layer.All()), FinalNorm.Weight, FinalNorm.Bias, Unembedding];
        return weights.OfType<Weight>().Distinct();
    }
}

/// <summary>The weights of one layer.</summary>
public sealed record LayerWeights
{
    public required Norm AttentionNorm { get; init; }

    /// <summary>Queries, keys and values: three projections, or one that gives all (see <see cref="FusedByHead"/>).</summary>
    public required IReadOnlyList<Projection> QueryKeyValue { get; init; }

    /// <summary>How a single projection is laid out: true for q, k, v within each head (GPT-NeoX), false for all q, all k, all v (GPT-2).</summary>
    public bool FusedByHead { get; init; }

    /// <summary>Norms of each head's query and key (Qwen 3), or null.</summary>
    public Norm? QueryNorm { get; init; }

    public Norm? KeyNorm { get; init; }

    public required Projection AttentionOutput { get; init; }

    public Norm? AttentionPostNorm { get; init; }

    public required Norm MlpNorm { get; init; }

    /// <summary>What goes through the activation function when the MLP is gated, or null.</summary>
    public Projection? Gate { get; init; }

    /// <summary>The input projection of the MLP.</summary>
    public required Projection Up { get; init; }

    /// <summary>The output projection of the MLP, whose rows (as <c>[n, D]</c>) are the value vectors.</summary>
    public required Projection Down { get; init; }

    public Norm? MlpPostNorm { get; init; }

    /// <summary>The linear maps.</summary>
    public IEnumerable<Projection> Projections() => Gate is null
        ? [.. QueryKeyValue, AttentionOutput, Up, Down]
        : [.. QueryKeyValue, AttentionOutput, Gate, Up, Down];

    internal IEnumerable<Weight?> All()
    {
        Norm?[] norms = [AttentionNorm, QueryNorm, KeyNorm, AttentionPostNorm, MlpNorm, MlpPostNorm];
        return
        [
            .. norms.OfType<Norm>().SelectMany(norm => new[] { norm.Weight, norm.Bias }),
            .. Projections().SelectMany(projection => new[] { projection.Weight, projection.Bias }),
        ];
    }
}
