using DpoLab.Compute.Checkpoints;
using static TorchSharp.torch;

namespace DpoLab.Compute.Toxicity;

/// <summary>A linear map with bias.</summary>
internal sealed record Linear(Tensor Weight, Tensor Bias)
{
    /// <summary>[…, in] to […, out].</summary>
    public Tensor Apply(Tensor x) => nn.functional.linear(x, Weight, Bias);
}

/// <summary>A layer norm.</summary>
internal sealed record LayerNorm(Tensor Weight, Tensor Bias, double Epsilon)
{
    /// <summary>Over the last dimension.</summary>
    public Tensor Apply(Tensor x) => nn.functional.layer_norm(x, [Weight.shape[0]], Weight, Bias, Epsilon);
}

/// <summary>The weights of one encoder layer.</summary>
internal sealed record EncoderLayerWeights(
    Linear Query, Linear Key, Linear Value, Linear AttentionOutput, LayerNorm AttentionNorm, Linear Inner, Linear Output, LayerNorm OutputNorm,
    Linear? DistanceKey, Linear? DistanceQuery);

/// <summary>Reads weights by name, in fp32 whatever they are stored in, and checks each shape.</summary>
internal sealed class EncoderWeightReader(CheckpointFolder folder, Device device, double epsilon)
{
    private readonly List<Tensor> kept = [];

    /// <summary>Every tensor that was read or kept; whoever loads the model disposes them.</summary>
    public IReadOnlyList<Tensor> Kept => kept;

    /// <summary>A linear map [outputs, inputs].</summary>
    public Linear Linear(string name, long outputs, long inputs) =>
        new(Tensor($"{name}.weight", outputs, inputs), Tensor($"{name}.bias", outputs));

    /// <summary>A layer norm; the oldest checkpoints call its weights gamma and beta.</summary>
    public LayerNorm Norm(string name, long width) => folder.Names.Contains($"{name}.gamma", StringComparer.Ordinal)
        ? new(Tensor($"{name}.gamma", width), Tensor($"{name}.beta", width), epsilon)
        : new(Tensor($"{name}.weight", width), Tensor($"{name}.bias", width), epsilon);

    /// <summary>True: the folder has such a tensor.</summary>
    public bool Has(string name) => folder.Names.Contains(name, StringComparer.Ordinal);

    /// <summary>A tensor whose shape must be this.</summary>
    /// <exception cref="CheckpointException">It is missing or of another shape.</exception>
    public Tensor Tensor(string name, params ReadOnlySpan<long> shape)
    {
        if (!Has(name))
        {
            throw new CheckpointException(folder.Path, name, "is missing", name.StartsWith("classifier", StringComparison.Ordinal)
                ? "The model has no classification head: choose one that was trained to classify sequences."
                : "Fetch the model again, or check model_type in config.json.");
        }

        long[] stored = folder.Entry(name).Shape;
        if (!shape.SequenceEqual(stored))
        {
            throw new CheckpointException(
                folder.Path, name, $"has the shape [{string.Join(", ", stored)}], where config.json asks for [{string.Join(", ", shape.ToArray())}]", "Fetch the model again.");
        }

        return Keep(folder.Load(name, device, ScalarType.Float32));
    }

    /// <summary>Makes a tensor outlive the scope that it was made in.</summary>
    public Tensor Keep(Tensor tensor)
    {
        kept.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
