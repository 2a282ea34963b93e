using DpoLab.Compute.Checkpoints;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>A decoder written as an ordinary Hugging Face folder, in a chosen format.</summary>
/// <param name="Files">Weight files.</param>
/// <param name="Bytes">Of the weights.</param>
/// <param name="Coarsest">The type of least precision among the stored tensors.</param>
internal sealed record ModelExport(int Files, long Bytes, ScalarType Coarsest)
{
    /// <summary>Writes configuration, tokenizer and weights.</summary>
    /// <param name="decoder">Its live weights are written.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="format">How they are stored.</param>
    /// <param name="shardBytes">Largest weight file.</param>
    public static ModelExport Write(Decoder decoder, string folder, StoredFormat format, long shardBytes)
    {
        using var noGrad = no_grad();
        ScalarType? chosen = format switch
        {
            StoredFormat.Fp32 => ScalarType.Float32,
            StoredFormat.Fp16 => ScalarType.Float16,
            StoredFormat.Bf16 => ScalarType.BFloat16,
            _ => null,
        };
        var weights = decoder.StoredWeights();
        using var source = CheckpointFolder.Open(decoder.Folder);
        var types = weights.Keys.ToDictionary(name => name, name => chosen ?? source.Entry(name).Type!.Value, StringComparer.Ordinal);
        CheckpointCopy.Configuration(decoder.Folder, folder, chosen);
        var (files, bytes) = CheckpointCopy.Weights(folder, weights, name => types[name], shardBytes);
        return new ModelExport(files, bytes, types.Values.MaxBy(Rounding));
    }

    /// <summary>The share of a logit that rounding to a type may move it by, over the layers of a model: generous, since what is wrong is far larger.</summary>
    public static double Rounding(ScalarType type) => type switch
    {
        ScalarType.BFloat16 => 5e-2,
        ScalarType.Float16 => 1e-2,
        _ => 1e-4,
    };
}
