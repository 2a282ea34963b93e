namespace DpoLab.Compute.Models.Families;

/// <summary>Qwen 2 and 2.5 (Yang et al. 2024): Llama's layout with biases on queries, keys and values.</summary>
internal sealed class Qwen2Family : IDecoderFamily
{
    public string ModelType => "qwen2";

    public string NamePrefix => "model.";

    public string UnembeddingName => GatedLayout.UnembeddingName;

    public bool IsBuffer(string name) => GatedLayout.IsBuffer(name);

    public DecoderConfiguration Configure(ConfigurationFile config)
    {
        var common = GatedLayout.Configure(config, ModelType);
        return common with { SlidingWindows = QwenWindows.Read(config, common.Layers) };
    }

    public DecoderWeights Weights(DecoderConfiguration configuration) => GatedLayout.Weights(configuration, biases: true);
}

/// <summary>How the Qwen families switch sliding windows on.</summary>
internal static class QwenWindows
{
    /// <summary>Only with <c>use_sliding_window</c>, and then, unless <c>layer_types</c> says otherwise, from layer <c>max_window_layers</c> on.</summary>
    public static IReadOnlyList<int?> Read(ConfigurationFile config, int layers)
    {
        var window = !config.Flag("use_sliding_window", false) ? null
            : config.Mentions("sliding_window") ? config.OptionalLength("sliding_window") : 4096;
        var first = config.OptionalWhole("max_window_layers") ?? 28;
        return SharedOptions.Windows(config, layers, window, implied: layer => layer >= first);
    }
}
