namespace DpoLab.Compute.Models.Families;

/// <summary>Llama 2, 3, 3.1 and 3.2 (Touvron et al. 2023): rotary positions, RMSNorm, gated SiLU, grouped queries.</summary>
internal sealed class LlamaFamily : IDecoderFamily
{
    public string ModelType => "llama";

    public string NamePrefix => "model.";

    public string UnembeddingName => GatedLayout.UnembeddingName;

    public bool IsBuffer(string name) => GatedLayout.IsBuffer(name);

    public DecoderConfiguration Configure(ConfigurationFile config) => GatedLayout.Configure(config, ModelType);

    public DecoderWeights Weights(DecoderConfiguration configuration) => GatedLayout.Weights(configuration);
}
