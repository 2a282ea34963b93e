using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>
/// A named neuron set as the only thing that DPO trains, or as what it must not touch (science.md, section 4): the rows of the
/// MLP's input projections (with their biases) and the value vectors of those neurons. The output bias belongs to no neuron.
/// </summary>
/// <param name="Mode">Which of the two.</param>
/// <param name="Neurons">The set.</param>
public sealed record NeuronMask(NeuronMaskMode Mode, IReadOnlyList<NeuronIndex> Neurons)
{
    /// <summary>Refuses neurons that the model lacks.</summary>
    internal void Validate(Decoder model)
    {
        if (Neurons.Count == 0)
            throw new TrainingException("The neuron mask holds no neuron. Choose a set, or train without a mask.");
        foreach (NeuronIndex neuron in Neurons)
        {
            if (neuron.Layer < 0 || neuron.Layer >= model.Configuration.Layers || neuron.Neuron < 0 || neuron.Neuron >= model.Configuration.Neurons)
            {
                throw new TrainingException(
                    $"The neuron mask names layer {neuron.Layer}, neuron {neuron.Neuron}; the model has {model.Configuration.Layers} layers of {model.Configuration.Neurons}.");
            }
        }
    }

    /// <summary>The tensors that training may change at all.</summary>
    internal IReadOnlyDictionary<string, Tensor> Trained(Decoder model) => Mode is NeuronMaskMode.Freeze
        ? model.Parameters
        : Neurons.Select(n => n.Layer).Distinct().Order()
            .SelectMany(layer => Weights(model, layer)).Select(w => w.Weight)
            .ToDictionary(w => w.Name, w => w.Value, StringComparer.Ordinal);

    /// <summary>1 where a weight may change, by parameter name; parameters that may change wholly are absent.</summary>
    internal NeuronMaskTensors Tensors(Decoder model)
    {
        var masks = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var layer in Neurons.GroupBy(n => n.Layer))
        {
            float[] chosen = new float[model.Configuration.Neurons];
            Array.Fill(chosen, Mode is NeuronMaskMode.Freeze ? 1 : 0);
            foreach (NeuronIndex neuron in layer)
                chosen[neuron.Neuron] = Mode is NeuronMaskMode.Freeze ? 0 : 1;
            foreach (var (weight, dimension) in Weights(model, layer.Key))
            {
                long[] shape = [.. weight.Shape.Select((_, d) => d == dimension ? chosen.Length : 1L)];
                masks[weight.Name] = tensor(chosen, ScalarType.Float32).view(shape).to(model.Device).DetachFromDisposeScope();
            }
        }

        return new NeuronMaskTensors(masks);
    }

    /// <summary>Input and output weights of a layer's neurons, each with the dimension that counts neurons.</summary>
    private static IEnumerable<(Weight Weight, int Dimension)> Weights(Decoder model, int layer)
    {
        foreach (Projection input in model.MlpInputs(layer))
        {
            yield return (input.Weight, input.InputMajor ? 1 : 0);
            if (input.Bias is not null)
                yield return (input.Bias, 0);
        }

        Projection output = model.MlpOutput(layer);
        yield return (output.Weight, output.InputMajor ? 0 : 1);
    }
}

/// <summary>The masks of a training, in memory while it runs.</summary>
internal sealed class NeuronMaskTensors(IReadOnlyDictionary<string, Tensor> byParameter) : IDisposable
{
    /// <summary>Name to a tensor of 0 and 1 that spreads over the parameter's shape.</summary>
    public IReadOnlyDictionary<string, Tensor> ByParameter { get; } = byParameter;

    public void Dispose()
    {
        foreach (Tensor mask in ByParameter.Values)
            mask.Dispose();
    }
}
