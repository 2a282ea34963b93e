namespace DpoLab.Compute.Models.Families;

/// <summary>GPT-2 (Radford et al. 2019): learned positions, LayerNorm, Conv1D weights stored <c>[in, out]</c>, tied embeddings.</summary>
internal sealed class Gpt2Family : IDecoderFamily
{
    public string ModelType => "gpt2";

    public string NamePrefix => "transformer.";

    public string UnembeddingName => "lm_head.weight";

    // Older files keep the causal mask ("attn.bias", next to the real "attn.c_attn.bias") and its fill value.
    public bool IsBuffer(string name) => name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal);

    public DecoderConfiguration Configure(ConfigurationFile config)
    {
        config.OnlyFlag("add_cross_attention", false);
        var width = config.Count("n_embd");
        var heads = config.Count("n_head");
        if (width % heads != 0)
            throw config.Refusal("n_head", $"it must divide n_embd {width}");
        return new DecoderConfiguration
        {
            ModelType = ModelType,
            Layers = config.Count("n_layer"),
            Width = width,
            Neurons = config.OptionalCount("n_inner") ?? 4 * width,
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = width / heads,
            Vocabulary = config.Count("vocab_size"),
            ContextLength = config.Count(config.Has("n_positions") ? "n_positions" : "n_ctx"),
            Norm = NormKind.LayerNorm,
            NormEpsilon = config.OptionalNumber("layer_norm_epsilon") ?? 1e-5,
            Activation = SharedOptions.Activation(config, "activation_function", "gelu_new"),
            Positions = PositionKind.Learned,
            AttentionScale = config.Flag("scale_attn_weights", true) ? 1 / Math.Sqrt(width / (double)heads) : 1,
            ScaleByLayer = config.Flag("scale_attn_by_inverse_layer_idx", false),
            TiedEmbeddings = config.Flag("tie_word_embeddings", true),
            EndOfText = config.TokenIds("eos_token_id"),
        };
    }

    public DecoderWeights Weights(DecoderConfiguration configuration)
    {
        var c = configuration;
        var embedding = new Weight("transformer.wte.weight", c.Vocabulary, c.Width);
        return new DecoderWeights
        {
            Embedding = embedding,
            PositionEmbedding = new Weight("transformer.wpe.weight", c.ContextLength, c.Width),
            Layers = [.. Enumerable.Range(0, c.Layers).Select(layer => Layer(c, $"transformer.h.{layer}."))],
            FinalNorm = Norm(c, "transformer.ln_f"),
            Unembedding = c.TiedEmbeddings ? embedding : new Weight(UnembeddingName, c.Vocabulary, c.Width),
        };
    }

    private static LayerWeights Layer(DecoderConfiguration c, string name) => new()
    {
        AttentionNorm = Norm(c, name + "ln_1"),
        QueryKeyValue = [Conv1D(name + "attn.c_attn", c.Width, 3 * c.Width)],
        AttentionOutput = Conv1D(name + "attn.c_proj", c.Width, c.Width),
        MlpNorm = Norm(c, name + "ln_2"),
        Up = Conv1D(name + "mlp.c_fc", c.Width, c.Neurons),
        Down = Conv1D(name + "mlp.c_proj", c.Neurons, c.Width),
    };

    private static Norm Norm(DecoderConfiguration c, string name) =>
        new(c.Norm, c.NormEpsilon, new Weight(name + ".weight", c.Width), new Weight(name + ".bias", c.Width));

    private static Projection Conv1D(string name, int inputs, int outputs) =>
        new(new Weight(name + ".weight", inputs, outputs), new Weight(name + ".bias", outputs), inputMajor: true);
}
