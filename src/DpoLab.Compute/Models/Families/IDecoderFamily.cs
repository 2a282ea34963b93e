namespace DpoLab.Compute.Models.Families;

/// <summary>
/// A family of models: how its <c>config.json</c> and its weight names map to the one <see cref="Decoder"/>. A new family is one class that
/// implements this and a line in <see cref="DecoderFamilies"/>.
/// </summary>
public interface IDecoderFamily
{
    /// <summary>The <c>model_type</c> in <c>config.json</c>.</summary>
    string ModelType { get; }

    /// <summary>Reads the configuration, in the dialect of transformers 4 or 5; refuses options that it does not know.</summary>
    DecoderConfiguration Configure(ConfigurationFile config);

    /// <summary>Names and shapes of the weights, in their places.</summary>
    DecoderWeights Weights(DecoderConfiguration configuration);

    /// <summary>What a name in a file must begin with to be one of transformers' names; put before names that lack it (older GPT-2 files).</summary>
    string NamePrefix { get; }

    /// <summary>The name of the unembedding where it is not tied; files of tied models may hold a copy under it.</summary>
    string UnembeddingName { get; }

    /// <summary>Whether a stored tensor is a buffer of older checkpoints that no computation needs.</summary>
    bool IsBuffer(string name);
}

/// <summary>The families that the lab knows.</summary>
public static class DecoderFamilies
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IDecoderFamily> All { get; } =
    [
        new Gpt2Family(), new LlamaFamily(), new MistralFamily(), new Gemma2Family(), new Qwen2Family(), new Qwen3Family(), new GptNeoXFamily(),
    ];

    /// <summary>The family of a configuration.</summary>
    public static IDecoderFamily Of(ConfigurationFile config)
    {
        var type = config.Text("model_type");
        config.Refuse("quantization_config", "quantized weights are not supported");
        return All.FirstOrDefault(family => family.ModelType == type)
            ?? throw config.Refusal("model_type", $"the known ones are {string.Join(", ", All.Select(family => family.ModelType))}");
    }
}
