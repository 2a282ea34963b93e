namespace DpoLab.Compute.Models.Families;

/// <summary>Reads activation names and layer types.</summary>
internal static class SharedOptions
{
    public static ActivationKind Activation(ConfigurationFile config, string key, string whenAbsent) =>
        (config.OptionalText(key) ?? whenAbsent) switch
        {
            "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => ActivationKind.GeluTanh,
            "gelu" => ActivationKind.Gelu,
            "silu" or "swish" => ActivationKind.Silu,
            "relu" => ActivationKind.Relu,
            _ => throw config.Refusal(key, "the known activations are gelu, gelu_new, gelu_pytorch_tanh, silu and relu"),
        };

    /// <summary>The window of each layer: from <c>layer_types</c> if it is there, else as the family implies.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="window">The width, or null for none anywhere.</param>
    /// <param name="implied">Whether a layer slides when the file does not say.</param>
    public static IReadOnlyList<int?> Windows(ConfigurationFile config, int layers, int? window, Func<int, bool> implied)
    {
        if (config.OptionalTexts("layer_types") is not { } types)
            return window is null ? [] : [.. Enumerable.Range(0, layers).Select(layer => implied(layer) ? window : null)];
        if (types.Count != layers)
            throw config.Refusal("layer_types", $"it must name {layers} layers");
        return [.. types.Select(type => type switch
        {
            "full_attention" => (int?)null,
            "sliding_attention" => window ?? throw config.Refusal("sliding_window", "layer_types asks for it"),
            _ => throw config.Refusal("layer_types", $"'{type}' is unknown; full_attention and sliding_attention are known"),
        })];
    }

    /// <summary>The number of key/value heads, which must divide the number of heads.</summary>
    public static int KeyValueHeads(ConfigurationFile config, int heads)
    {
        var count = config.OptionalCount("num_key_value_heads") ?? heads;
        return heads % count == 0 ? count : throw config.Refusal("num_key_value_heads", $"it must divide the {heads} attention heads");
    }

    /// <summary>The size of a head: stated, else the family's default, else width / heads.</summary>
    public static int HeadSize(ConfigurationFile config, int width, int heads, int? whenAbsent = null)
    {
        if ((config.OptionalCount("head_dim") ?? whenAbsent) is { } stated)
            return stated % 2 == 0 ? stated : throw config.Refusal("head_dim", "it must be even");
        return width % heads == 0 && width / heads % 2 == 0
            ? width / heads
            : throw config.Refusal("num_attention_heads", $"it must divide hidden_size {width} into heads of even size");
    }
}
