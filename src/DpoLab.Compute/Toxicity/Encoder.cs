using TorchSharp;
using static TorchSharp.torch;

namespace DpoLab.Compute.Toxicity;

/// <summary>
/// A transformer encoder with norms after each addition: BERT, RoBERTa and DeBERTa, which differ in how they know positions. All in fp32.
/// </summary>
internal sealed class Encoder
{
    private readonly EncoderConfiguration c;
    private readonly Tensor words; // [V, D]
    private readonly Tensor? positions; // [P, D]
    private readonly Tensor? segment; // [D]: every text is the first of its pair
    private readonly LayerNorm embeddingNorm;
    private readonly List<EncoderLayer> layers = [];
    private readonly Tensor? distanceTable; // [2·span, D]
    private readonly Scalar pad; // kept: see EncoderLayer

    /// <summary>Reads the weights.</summary>
    /// <exception cref="InputException">One is missing or has another shape than the configuration asks for.</exception>
    public Encoder(EncoderConfiguration configuration, EncoderWeightReader weights)
    {
        c = configuration;
        pad = c.Pad;
        string root = c.Family switch { EncoderFamily.Bert => "bert", EncoderFamily.Roberta => "roberta", _ => "deberta" };
        words = weights.Tensor($"{root}.embeddings.word_embeddings.weight", c.Vocabulary, c.Width);
        if (c.Relative is null)
            positions = weights.Tensor($"{root}.embeddings.position_embeddings.weight", c.Positions, c.Width);
        if (c.TokenTypes > 0)
            segment = weights.Keep(weights.Tensor($"{root}.embeddings.token_type_embeddings.weight", c.TokenTypes, c.Width)[0]);
        embeddingNorm = weights.Norm($"{root}.embeddings.LayerNorm", c.Width);
        for (int layer = 0; layer < c.Layers; layer++)
            layers.Add(new EncoderLayer(c, weights, $"{root}.encoder.layer.{layer}"));
        if (c.Relative is { } relative)
            distanceTable = ReadDistances(relative, weights, root);
    }

    /// <summary>The residual stream after the last layer.</summary>
    /// <param name="ids">[B, T] int64.</param>
    /// <param name="mask">[B, T] bool, true for tokens.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Hidden(Tensor ids, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var x = words.index_select(0, ids.view(-1)).view(ids.shape[0], ids.shape[1], c.Width); // [B, T, D]
        if (segment is not null)
            x += segment;
        if (positions is not null)
            x += positions.index_select(0, PositionsOf(ids).reshape(-1)).view(x.shape);
        x = embeddingNorm.Apply(x);
        if (c.Relative is not null)
            x *= mask.unsqueeze(-1).to(x.dtype);
        var places = c.Relative?.Places((int)ids.shape[1], ids.device);
        foreach (var layer in layers)
            x = layer.Forward(x, mask, places, distanceTable);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>RoBERTa counts tokens that are not the padding token, wherever it stands; BERT counts all.</summary>
    private Tensor PositionsOf(Tensor ids)
    {
        if (c.Family is not EncoderFamily.Roberta)
            return arange(ids.shape[1], dtype: ScalarType.Int64, device: ids.device).expand(ids.shape);
        var real = ids.ne(pad).to(ScalarType.Int64);
        return (real.cumsum(1) * real).add(pad); // [B, T]
    }

    private Tensor ReadDistances(RelativePositionOptions relative, EncoderWeightReader weights, string root)
    {
        var table = weights.Tensor($"{root}.encoder.rel_embeddings.weight", 2 * relative.Span, c.Width);
        return relative.Normalized ? weights.Keep(weights.Norm($"{root}.encoder.LayerNorm", c.Width).Apply(table)) : table;
    }
}
