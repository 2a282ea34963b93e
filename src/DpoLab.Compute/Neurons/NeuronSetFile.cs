using System.Globalization;
using DpoLab.Compute.Checkpoints;
using DpoLab.Contracts.Results;
using static TorchSharp.torch;

namespace DpoLab.Compute.Neurons;

/// <summary>A neuron set as the lab uploads it (<see cref="NeuronSetArrays"/>).</summary>
/// <param name="Layers">Of the model that it is for.</param>
/// <param name="NeuronsPerLayer">Its neurons a layer.</param>
/// <param name="Neurons">Flat indices layer·n + i.</param>
public sealed record NeuronSetFile(int Layers, int NeuronsPerLayer, int[] Neurons)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">It is no neuron set, or names neurons outside its own shape.</exception>
    public static NeuronSetFile Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        using var scope = NewDisposeScope();
        int layers = Number(file, NeuronArrays.Layers);
        int perLayer = Number(file, NeuronArrays.NeuronsPerLayer);
        int[] neurons = file.Load(NeuronSetArrays.Neurons, type: ScalarType.Int32).contiguous().view(-1).data<int>().ToArray();
        return Array.TrueForAll(neurons, i => i >= 0 && i < (long)layers * perLayer)
            ? new NeuronSetFile(layers, perLayer, neurons)
            : throw new InputException($"{path}: the set names a neuron outside its {layers} layers of {perLayer}. Save the set again.");
    }

    /// <summary>The neurons, for a model of this shape.</summary>
    /// <exception cref="InputException">The set is for another shape.</exception>
    public int[] For(int layers, int neuronsPerLayer, string name) =>
        layers == Layers && neuronsPerLayer == NeuronsPerLayer
            ? Neurons
            : throw new InputException(
                $"The set {name} is of {Layers} layers of {NeuronsPerLayer} neurons, the model has {layers} of {neuronsPerLayer}. Choose a set of this model's shape.");

    private static int Number(SafetensorsFile file, string key) =>
        file.Metadata.TryGetValue(key, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? value
            : throw new InputException($"{file.Path}: the metadata lack “{key}”: this is no neuron set. Choose one from the list.");
}
