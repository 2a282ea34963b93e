namespace DpoLab.Compute.Models.Families;

/// <summary>
/// GPT-NeoX and Pythia (Black et al. 2022): LayerNorm, rotary positions on a part of each head, one projection for queries, keys and values
/// laid out head by head, attention and MLP in parallel.
/// </summary>
internal sealed class GptNeoXFamily : IDecoderFamily
{
    public string ModelType => "gpt_neox";

    public string NamePrefix => "gpt_neox.";

    public string UnembeddingName => "embed_out.weight";

    // Older files keep the causal mask, its fill value and the rotary frequencies.
    public bool IsBuffer(string name) => name.EndsWith(".attention.bias", StringComparison.Ordinal)
        || name.EndsWith(".attention.masked_bias", StringComparison.Ordinal) || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    public DecoderConfiguration Configure(ConfigurationFile config)
    {
        config.OnlyFlag("attention_bias", true);
        var width = config.Count("hidden_size");
        var heads = config.Count("num_attention_heads");
        if (width % heads != 0)
            throw config.Refusal("num_attention_heads", $"it must divide hidden_size {width}");
        return new DecoderConfiguration
        {
            ModelType = ModelType,
            Layers = config.Count("num_hidden_layers"),
            Width = width,
            Neurons = config.Count("intermediate_size"),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = width / heads,
            Vocabulary = config.Count("vocab_size"),
            ContextLength = config.Count("max_position_embeddings"),
            Norm = NormKind.LayerNorm,
            NormEpsilon = config.OptionalNumber("layer_norm_eps") ?? 1e-5,
            Activation = SharedOptions.Activation(config, "hidden_act", "gelu"),
            Positions = PositionKind.Rotary,
            Rotary = Rotary(config, width / heads),
            AttentionScale = 1 / Math.Sqrt(width / (double)heads),
            ParallelResidual = config.Flag("use_parallel_residual", true),
            TiedEmbeddings = config.Flag("tie_word_embeddings", false),
            EndOfText = config.TokenIds("eos_token_id"),
        };
    }

    public DecoderWeights Weights(DecoderConfiguration configuration)
    {
        var c = configuration;
        var embedding = new Weight("gpt_neox.embed_in.weight", c.Vocabulary, c.Width);
        return new DecoderWeights
        {
            Embedding = embedding,
            Layers = [.. Enumerable.Range(0, c.Layers).Select(layer => Layer(c, $"gpt_neox.layers.{layer}."))],
            FinalNorm = Norm(c, "gpt_neox.final_layer_norm"),
            Unembedding = c.TiedEmbeddings ? embedding : new Weight(UnembeddingName, c.Vocabulary, c.Width),
        };
    }

    private static LayerWeights Layer(DecoderConfiguration c, string name) => new()
    {
        AttentionNorm = Norm(c, name + "input_layernorm"),
        QueryKeyValue = [Linear(name + "attention.query_key_value", c.Width, 3 * c.Width)],
        FusedByHead = true,
        AttentionOutput = Linear(name + "attention.dense", c.Width, c.Width),
        MlpNorm = Norm(c, name + "post_attention_layernorm"),
        Up = Linear(name + "mlp.dense_h_to_4h", c.Width, c.Neurons),
        Down = Linear(name + "mlp.dense_4h_to_h", c.Neurons, c.Width),
    };

    /// <summary>transformers 4 calls the keys <c>rotary_pct</c> and <c>rotary_emb_base</c>; transformers 5 puts both into <c>rope_parameters</c>.</summary>
    private static RotaryScheme Rotary(ConfigurationFile config, int headSize)
    {
        var section = config.Section("rope_parameters") ?? config.Section("rope_scaling");
        var part = section?.OptionalNumber("partial_rotary_factor") ?? config.OptionalNumber("rotary_pct") ?? 0.25;
        var dimensions = part is > 0 and <= 1 ? (int)(headSize * part) : 0;
        if (dimensions == 0 || dimensions % 2 != 0)
            throw config.Refusal("rotary_pct", $"it must turn an even number of the {headSize} dimensions of a head");
        var theta = section?.OptionalNumber("rope_theta") ?? config.OptionalNumber("rotary_emb_base") ?? 10000;
        var scheme = new RotaryScheme { Theta = theta, Dimensions = dimensions };
        return section is null ? scheme : RotaryReader.Scaled(scheme, section);
    }

    private static Norm Norm(DecoderConfiguration c, string name) =>
        new(c.Norm, c.NormEpsilon, new Weight(name + ".weight", c.Width), new Weight(name + ".bias", c.Width));

    private static Projection Linear(string name, int inputs, int outputs) =>
        new(new Weight(name + ".weight", outputs, inputs), new Weight(name + ".bias", outputs));
}
