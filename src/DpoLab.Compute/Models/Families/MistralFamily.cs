namespace DpoLab.Compute.Models.Families;

/// <summary>Mistral (Jiang et al. 2023): Llama's layout with a sliding window in every layer, when the configuration has one.</summary>
internal sealed class MistralFamily : IDecoderFamily
{
    public string ModelType => "mistral";

    public string NamePrefix => "model.";

    public string UnembeddingName => GatedLayout.UnembeddingName;

    public bool IsBuffer(string name) => GatedLayout.IsBuffer(name);

    public DecoderConfiguration Configure(ConfigurationFile config)
    {
        var common = GatedLayout.Configure(config, ModelType);
        var window = config.Mentions("sliding_window") ? config.OptionalLength("sliding_window") : 4096;
        return common with { SlidingWindows = SharedOptions.Windows(config, common.Layers, window, implied: _ => true) };
    }

    public DecoderWeights Weights(DecoderConfiguration configuration) => GatedLayout.Weights(configuration);
}
