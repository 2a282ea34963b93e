namespace DpoLab.Compute.Models.Families;

/// <summary>The layout that Llama began and Mistral, Qwen and Gemma kept: what these families' files share.</summary>
internal static class GatedLayout
{
    public const string UnembeddingName = "lm_head.weight";

    /// <summary>Older files keep the rotary frequencies.</summary>
    public static bool IsBuffer(string name) => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    /// <summary>What Llama's keys say; a family changes what differs by <c>with</c>.</summary>
    public static DecoderConfiguration Configure(ConfigurationFile config, string modelType, int? headSizeWhenAbsent = null)
    {
        config.OnlyFlag("attention_bias", false);
        config.OnlyFlag("mlp_bias", false);
        var width = config.Count("hidden_size");
        var heads = config.Count("num_attention_heads");
        var headSize = SharedOptions.HeadSize(config, width, heads, headSizeWhenAbsent);
        return new DecoderConfiguration
        {
            ModelType = modelType,
            Layers = config.Count("num_hidden_layers"),
            Width = width,
            Neurons = config.Count("intermediate_size"),
            Heads = heads,
            KeyValueHeads = SharedOptions.KeyValueHeads(config, heads),
            HeadSize = headSize,
            Vocabulary = config.Count("vocab_size"),
            ContextLength = config.Count("max_position_embeddings"),
            Norm = NormKind.RootMeanSquare,
            NormEpsilon = config.OptionalNumber("rms_norm_eps") ?? 1e-6,
            Activation = SharedOptions.Activation(config, "hidden_act", "silu"),
            Gated = true,
            Positions = PositionKind.Rotary,
            Rotary = RotaryReader.Read(config, headSize),
            AttentionScale = 1 / Math.Sqrt(headSize),
            TiedEmbeddings = config.Flag("tie_word_embeddings", false),
            EndOfText = config.TokenIds("eos_token_id"),
        };
    }

    /// <summary>The weights under Llama's names.</summary>
    /// <param name="c">The configuration.</param>
    /// <param name="biases">Whether queries, keys and values have biases (Qwen 2).</param>
    /// <param name="headNorms">Whether each head's query and key is normed (Qwen 3).</param>
    public static DecoderWeights Weights(DecoderConfiguration c, bool biases = false, bool headNorms = false)
    {
        var embedding = new Weight("model.embed_tokens.weight", c.Vocabulary, c.Width);
        return new DecoderWeights
        {
            Embedding = embedding,
            Layers = [.. Enumerable.Range(0, c.Layers).Select(layer => Layer(c, $"model.layers.{layer}.", biases, headNorms))],
            FinalNorm = Norm(c, "model.norm", c.Width),
            Unembedding = c.TiedEmbeddings ? embedding : new Weight(UnembeddingName, c.Vocabulary, c.Width),
        };
    }

    private static LayerWeights Layer(DecoderConfiguration c, string name, bool biases, bool headNorms)
    {
        var (queries, pairs) = ((long)c.Heads * c.HeadSize, (long)c.KeyValueHeads * c.HeadSize);
        return new LayerWeights
        {
            AttentionNorm = Norm(c, name + "input_layernorm", c.Width),
            QueryKeyValue =
            [
                Linear(name + "self_attn.q_proj", c.Width, queries, biases),
                Linear(name + "self_attn.k_proj", c.Width, pairs, biases),
                Linear(name + "self_attn.v_proj", c.Width, pairs, biases),
            ],
            QueryNorm = headNorms ? Norm(c, name + "self_attn.q_norm", c.HeadSize) : null,
            KeyNorm = headNorms ? Norm(c, name + "self_attn.k_norm", c.HeadSize) : null,
            AttentionOutput = Linear(name + "self_attn.o_proj", queries, c.Width),
            // Gemma 2 calls the norm after attention what Llama calls the one before the MLP.
            AttentionPostNorm = c.PostNorms ? Norm(c, name + "post_attention_layernorm", c.Width) : null,
            MlpNorm = Norm(c, name + (c.PostNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm"), c.Width),
            Gate = Linear(name + "mlp.gate_proj", c.Width, c.Neurons),
            Up = Linear(name + "mlp.up_proj", c.Width, c.Neurons),
            Down = Linear(name + "mlp.down_proj", c.Neurons, c.Width),
            MlpPostNorm = c.PostNorms ? Norm(c, name + "post_feedforward_layernorm", c.Width) : null,
        };
    }

    private static Norm Norm(DecoderConfiguration c, string name, int width) => new(c.Norm, c.NormEpsilon, new Weight(name + ".weight", width));

    private static Projection Linear(string name, long inputs, long outputs, bool bias = false) =>
        new(new Weight(name + ".weight", outputs, inputs), bias ? new Weight(name + ".bias", outputs) : null);
}
