namespace DpoLab.Compute.Models.Families;

/// <summary>Qwen 3 (Yang et al. 2025): Llama's layout with a norm on each head's query and key before the rotation.</summary>
internal sealed class Qwen3Family : IDecoderFamily
{
    public string ModelType => "qwen3";

    public string NamePrefix => "model.";

    public string UnembeddingName => GatedLayout.UnembeddingName;

    public bool IsBuffer(string name) => GatedLayout.IsBuffer(name);

    public DecoderConfiguration Configure(ConfigurationFile config)
    {
        // transformers' default is 128 whatever the width.
        var common = GatedLayout.Configure(config, ModelType, headSizeWhenAbsent: 128);
        return common with { SlidingWindows = QwenWindows.Read(config, common.Layers) };
    }

    public DecoderWeights Weights(DecoderConfiguration configuration) => GatedLayout.Weights(configuration, headNorms: true);
}
