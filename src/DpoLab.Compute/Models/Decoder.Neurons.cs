using DpoLab.Compute.Checkpoints;
using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <content>The vectors that the neurons read and write, and saving.</content>
public sealed partial class Decoder
{
    /// <summary>The ε of the norm after Gemma 2's MLP (the model's norms share one).</summary>
    public double PostNormEpsilon => Configuration.NormEpsilon;

    /// <summary>The unembedding, one row a token: <c>[V, D]</c>, the live weight.</summary>
    public Tensor UnembeddingRows => weights.Unembedding.Value;

    /// <summary>Value vectors of a layer: <c>[n, D]</c>, a view of the live weight whose row i is v_i, before Gemma 2's post-norm gain.</summary>
    public Tensor ValueVectors(int layer) => weights.Layers[layer].Down.OutByIn.t();

    /// <summary>Key vectors of a layer: <c>[n, D]</c>, a view of the live weight (<c>gate_proj</c> when gated, else <c>c_fc</c>) that can be scaled in place.</summary>
    public Tensor KeyVectors(int layer) => (weights.Layers[layer].Gate ?? weights.Layers[layer].Up).OutByIn.alias();

    /// <summary>
    /// What a neuron's key answers to each token's embedding when that alone is in the stream before the layer's MLP: key · norm(embedding), without
    /// bias, <c>[V]</c>.
    /// </summary>
    public Tensor KeyResponses(int layer, int neuron)
    {
        var embedded = weights.Embedding.Value; // [V, D]
        if (embeddingScale != 1)
            embedded = embedded * embeddingScale;
        return weights.Layers[layer].MlpNorm.Apply(embedded).mv(KeyVectors(layer)[neuron]);
    }

    /// <summary>The input projections of a layer's MLP: gate (where there is one) and up, whose output dimension counts neurons.</summary>
    public IReadOnlyList<Projection> MlpInputs(int layer) =>
        weights.Layers[layer].Gate is { } gate ? [gate, weights.Layers[layer].Up] : [weights.Layers[layer].Up];

    /// <summary>The output projection of a layer's MLP, whose input dimension counts neurons.</summary>
    public Projection MlpOutput(int layer) => weights.Layers[layer].Down;

    /// <summary>g = 1 + weight of Gemma 2's norm after the MLP: <c>[D]</c>; null elsewhere.</summary>
    public Tensor? OutputGain(int layer) => weights.Layers[layer].MlpPostNorm?.Gain;

    /// <summary>The bias of the MLP's output projection, which belongs to no neuron: <c>[D]</c>, the live weight; null where there is none.</summary>
    public Tensor? OutputBias(int layer) => weights.Layers[layer].Down.Bias?.Value;

    /// <summary>
    /// Writes the model as a Hugging Face folder that any engine can load: weights under the names that they were stored by,
    /// <c>config.json</c> and tokenizer files as in the folder that it came from.
    /// </summary>
    /// <param name="folder">Made if it is not there. The weights are written last, so a folder without them is not finished.</param>
    /// <param name="weightsByName">Other tensors to write under some of the names of <see cref="Parameters"/>; null for none.</param>
    public void Save(string folder, IReadOnlyDictionary<string, Tensor>? weightsByName = null)
    {
        CheckpointCopy.Configuration(Folder, folder, Precision);
        CheckpointCopy.Weights(folder, StoredWeights(weightsByName));
    }

    /// <summary>The live weights under the names that they were stored by, or others in the place of some.</summary>
    internal Dictionary<string, Tensor> StoredWeights(IReadOnlyDictionary<string, Tensor>? weightsByName = null) =>
        Parameters.ToDictionary(weight => storedNames[weight.Key], weight => weightsByName?.GetValueOrDefault(weight.Key) ?? weight.Value, StringComparer.Ordinal);
}
