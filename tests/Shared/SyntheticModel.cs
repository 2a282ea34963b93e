using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models.Families;
using static TorchSharp.torch;

namespace DpoLab.Tests;

/// <summary>Model folders with random weights of any shape, made when a fixture's size or family is not enough.</summary>
internal static class SyntheticModel
{
    /// <summary>The shape of GPT-2, by its numbers.</summary>
    public static string Gpt2(int layers, int width, int heads, int vocabulary = 50257, int context = 1024) =>
        $$"""
        {"model_type": "gpt2", "n_layer": {{layers}}, "n_embd": {{width}}, "n_head": {{heads}}, "vocab_size": {{vocabulary}}, "n_positions": {{context}},
         "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "eos_token_id": {{vocabulary - 1}}, "torch_dtype": "float32"}
        """;

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c>: gains near 1, everything else N(0, 0.02²).</summary>
    /// <returns>The number of bytes of the weights.</returns>
    public static long Write(string folder, string config, ScalarType stored = ScalarType.Float32, long seed = 1)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        var parsed = ConfigurationFile.Read(Path.Combine(folder, "config.json"));
        var family = DecoderFamilies.Of(parsed);
        using var generator = new Generator((ulong)seed);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var weight in family.Weights(family.Configure(parsed)).All())
        {
            var gain = weight.Shape.Count == 1 && weight.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0;
            tensors[weight.Name] = (randn([.. weight.Shape], generator: generator) * 0.02 + gain).to(stored);
        }

        SafetensorsFile.Write(Path.Combine(folder, CheckpointFolder.SingleFile), tensors);
        return tensors.Values.Sum(tensor => tensor.numel() * tensor.ElementSize);
    }
}
