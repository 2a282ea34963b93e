using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace DpoLab.Compute.Checkpoints;

/// <summary>Writes a Hugging Face folder whose configuration and tokenizer come from another one.</summary>
public static class CheckpointCopy
{
    public const string ConfigurationFile = "config.json";

    /// <summary>What belongs to a model beside its configuration and weights.</summary>
    public static IReadOnlyList<string> Companions { get; } =
    [
        "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
        "merges.txt", "vocab.txt", "tokenizer.model", "spm.model", "chat_template.jinja", "chat_template.json", "LICENSE", "LICENSE.txt", "NOTICE",
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Copies configuration and tokenizer; the stored precision in <c>config.json</c> becomes that of the weights that will be written.</summary>
    /// <param name="source">A model's folder.</param>
    /// <param name="target">Made if it is not there.</param>
    /// <param name="precision">Of the weights; null: as in the source.</param>
    /// <exception cref="CheckpointException">The source has no configuration any more.</exception>
    public static void Configuration(string source, string target, ScalarType? precision)
    {
        Directory.CreateDirectory(target);
        if (Path.GetFullPath(source) != Path.GetFullPath(target))
        {
            foreach (var name in Companions.Where(name => File.Exists(Path.Combine(source, name))))
                File.Copy(Path.Combine(source, name), Path.Combine(target, name), overwrite: true);
        }

        var config = Path.Combine(source, ConfigurationFile);
        if (!File.Exists(config))
            throw new CheckpointException(config, null, "the file is gone since the model was loaded", "Put it back, or load the model from where it is now.");
        var json = JsonNode.Parse(File.ReadAllBytes(config))!.AsObject();
        // Loaders keep the weights in the type that is named here; the old one would round what was trained in fp32.
        if (precision is { } stored)
            json[json.ContainsKey("torch_dtype") ? "torch_dtype" : "dtype"] = stored switch { ScalarType.BFloat16 => "bfloat16", ScalarType.Float16 => "float16", _ => "float32" };
        var path = Path.Combine(target, ConfigurationFile);
        File.WriteAllText(path + ".part", json.ToJsonString(Indented) + "\n");
        File.Move(path + ".part", path, overwrite: true);
    }

    /// <summary>Writes the weights into one file; an index of shards that stood there before would contradict it and is removed.</summary>
    public static void Weights(string target, IReadOnlyDictionary<string, Tensor> tensors)
    {
        SafetensorsFile.Write(Path.Combine(target, CheckpointFolder.SingleFile), tensors);
        File.Delete(Path.Combine(target, CheckpointFolder.IndexFile));
    }

    /// <summary>Writes the weights in their stored types, in shards with an index where they are larger than one file may be.</summary>
    /// <param name="target">A folder without weights.</param>
    /// <param name="tensors">By the names that they are stored by.</param>
    /// <param name="typeOf">The type that a tensor is stored in.</param>
    /// <param name="shardBytes">Largest file; a single tensor may be larger.</param>
    /// <returns>Number of files and bytes of weights.</returns>
    public static (int Files, long Bytes) Weights(string target, IReadOnlyDictionary<string, Tensor> tensors, Func<string, ScalarType> typeOf, long shardBytes)
    {
        var shards = new List<List<string>> { new() };
        long total = 0, inShard = 0;
        foreach (var (name, tensor) in tensors)
        {
            long bytes = tensor.numel() * typeOf(name).ElementSize();
            if (inShard > 0 && inShard + bytes > shardBytes)
            {
                shards.Add([]);
                inShard = 0;
            }

            shards[^1].Add(name);
            inShard += bytes;
            total += bytes;
        }

        var places = new JsonObject();
        for (int i = 0; i < shards.Count; i++)
        {
            using var scope = NewDisposeScope(); // converted tensors of one shard at a time
            string file = shards.Count == 1 ? CheckpointFolder.SingleFile : $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
            SafetensorsFile.Write(Path.Combine(target, file), shards[i].ToDictionary(name => name, name => tensors[name].to(typeOf(name)), StringComparer.Ordinal));
            foreach (string name in shards[i])
                places[name] = file;
        }

        if (shards.Count > 1)
        {
            var index = new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = total }, ["weight_map"] = places };
            File.WriteAllText(Path.Combine(target, CheckpointFolder.IndexFile), index.ToJsonString(Indented) + "\n");
        }

        return (shards.Count, total);
    }
}
