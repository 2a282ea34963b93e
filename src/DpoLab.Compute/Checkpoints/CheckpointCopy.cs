using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace DpoLab.Compute.Checkpoints;

/// <summary>Writes a Hugging Face folder whose configuration and tokenizer come from another one.</summary>
public static class CheckpointCopy
{
    /// <summary>What belongs to a model beside its weights.</summary>
    private static readonly string[] Companions =
    [
        "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
        "merges.txt", "vocab.txt", "tokenizer.model", "spm.model", "chat_template.jinja", "chat_template.json", "LICENSE", "LICENSE.txt", "NOTICE",
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Copies configuration and tokenizer; the stored precision in <c>config.json</c> becomes that of the weights that will be written.</summary>
    /// <exception cref="CheckpointException">The source has no configuration any more.</exception>
    public static void Configuration(string source, string target, ScalarType precision)
    {
        Directory.CreateDirectory(target);
        if (Path.GetFullPath(source) != Path.GetFullPath(target))
        {
            foreach (var name in Companions.Where(name => File.Exists(Path.Combine(source, name))))
                File.Copy(Path.Combine(source, name), Path.Combine(target, name), overwrite: true);
        }

        var config = Path.Combine(source, "config.json");
        if (!File.Exists(config))
            throw new CheckpointException(config, null, "the file is gone since the model was loaded", "Put it back, or load the model from where it is now.");
        var json = JsonNode.Parse(File.ReadAllBytes(config))!.AsObject();
        var stored = precision == ScalarType.BFloat16 ? "bfloat16" : "float32";
        // Loaders keep the weights in the type that is named here; the old one would round what was trained in fp32.
        json[json.ContainsKey("torch_dtype") ? "torch_dtype" : "dtype"] = stored;
        var path = Path.Combine(target, "config.json");
        File.WriteAllText(path + ".part", json.ToJsonString(Indented) + "\n");
        File.Move(path + ".part", path, overwrite: true);
    }

    /// <summary>Writes the weights into one file; an index of shards that stood there before would contradict it and is removed.</summary>
    public static void Weights(string target, IReadOnlyDictionary<string, Tensor> tensors)
    {
        SafetensorsFile.Write(Path.Combine(target, CheckpointFolder.SingleFile), tensors);
        File.Delete(Path.Combine(target, CheckpointFolder.IndexFile));
    }
}
