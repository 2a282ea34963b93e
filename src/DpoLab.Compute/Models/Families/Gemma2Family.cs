namespace DpoLab.Compute.Models.Families;

/// <summary>
/// Gemma 2 (Gemma Team 2024): gated GELU, norms stored as difference from 1 and also after attention and MLP, soft caps, a sliding window
/// in every other layer, embeddings times √D, a query scale of its own.
/// </summary>
internal sealed class Gemma2Family : IDecoderFamily
{
    public string ModelType => "gemma2";

    public string NamePrefix => "model.";

    public string UnembeddingName => GatedLayout.UnembeddingName;

    public bool IsBuffer(string name) => GatedLayout.IsBuffer(name);

    public DecoderConfiguration Configure(ConfigurationFile config)
    {
        config.OnlyFlag("use_bidirectional_attention", false);
        var common = GatedLayout.Configure(config, ModelType, headSizeWhenAbsent: 256);
        return common with
        {
            Norm = NormKind.RootMeanSquarePlusOne,
            Activation = SharedOptions.Activation(config, config.Has("hidden_activation") ? "hidden_activation" : "hidden_act", "gelu_pytorch_tanh"),
            AttentionScale = 1 / Math.Sqrt(config.OptionalNumber("query_pre_attn_scalar") ?? 256),
            AttentionSoftCap = SoftCap(config, "attn_logit_softcapping", 50),
            LogitSoftCap = SoftCap(config, "final_logit_softcapping", 30),
            PostNorms = true,
            EmbeddingScale = Math.Sqrt(common.Width),
            TiedEmbeddings = config.Flag("tie_word_embeddings", true),
            // transformers 4 leaves it implied: the first layer slides, the second sees all, and so on.
            SlidingWindows = SharedOptions.Windows(config, common.Layers, config.Mentions("sliding_window") ? config.OptionalLength("sliding_window") : 4096, implied: layer => layer % 2 == 0),
        };
    }

    public DecoderWeights Weights(DecoderConfiguration configuration) => GatedLayout.Weights(configuration);

    /// <summary>Null switches a cap off; a file that does not mention it means transformers' default.</summary>
    private static double? SoftCap(ConfigurationFile config, string key, double whenAbsent)
    {
        if (!config.Mentions(key))
            return whenAbsent;
        return config.OptionalNumber(key) is not <= 0 ? config.OptionalNumber(key) : throw config.Refusal(key, "it must be above 0, or null");
    }
}
