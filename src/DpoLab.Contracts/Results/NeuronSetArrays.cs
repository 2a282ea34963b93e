namespace DpoLab.Contracts.Results;

/// <summary>
/// The file of a neuron set: safetensors with one array, and in its metadata the shape of the model that it is for
/// (<see cref="NeuronArrays.Layers"/>, <see cref="NeuronArrays.NeuronsPerLayer"/>). Runs read it as an upload, named by its SHA-256.
/// </summary>
public static class NeuronSetArrays
{
    /// <summary>int32: flat indices layer·n + i, rising.</summary>
    public const string Neurons = "neurons";
}
