using System.Text.Json;
using static TorchSharp.torch;

namespace DpoLab.Compute.Checkpoints;

/// <summary>The weights of a Hugging Face folder: one <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> names.</summary>
public sealed class CheckpointFolder : IDisposable
{
    /// <summary>The file that holds all weights.</summary>
    public const string SingleFile = "model.safetensors";

    /// <summary>The file that names the shards.</summary>
    public const string IndexFile = "model.safetensors.index.json";

    private const long LargestIndex = 256 << 20;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly List<SafetensorsFile> files;
    private readonly Dictionary<string, SafetensorsFile> places;

    private CheckpointFolder(string path, List<SafetensorsFile> files, Dictionary<string, SafetensorsFile> places)
    {
        Path = path;
        this.files = files;
        this.places = places;
    }

    /// <summary>Where the folder is.</summary>
    public string Path { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => places.Keys;

    /// <summary>Opens the weights of a folder and checks every header.</summary>
    /// <exception cref="CheckpointException">There are none, a shard is missing, or a file is damaged.</exception>
    public static CheckpointFolder Open(string folder)
    {
        var single = System.IO.Path.Combine(folder, SingleFile);
        var index = System.IO.Path.Combine(folder, IndexFile);
        if (File.Exists(single))
        {
            var file = SafetensorsFile.Open(single);
            return new CheckpointFolder(folder, [file], file.Names.ToDictionary(name => name, _ => file, StringComparer.Ordinal));
        }

        if (File.Exists(index))
            return OpenShards(folder, index);
        var pickled = Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.bin").Any();
        throw new CheckpointException(folder, null, $"holds neither {SingleFile} nor {IndexFile}", pickled
            ? "Its .bin files can run code when they are read and are not supported: convert the model to safetensors."
            : "Point at a folder in the Hugging Face format that holds the weights.");
    }

    /// <summary>Type, shape and place of a tensor.</summary>
    public TensorEntry Entry(string name) => FileOf(name).Entries[name];

    /// <summary>Reads one tensor: see <see cref="SafetensorsFile.Load"/>.</summary>
    public Tensor Load(string name, Device? device = null, ScalarType? type = null) => FileOf(name).Load(name, device, type);

    /// <summary>Closes the files. Tensors that were loaded stay good.</summary>
    public void Dispose() => files.ForEach(file => file.Dispose());

    private SafetensorsFile FileOf(string name) =>
        places.TryGetValue(name, out var file) ? file : throw new CheckpointException(Path, name, "no file of the folder has it", "Fetch the model again.");

    private static CheckpointFolder OpenShards(string folder, string index)
    {
        var shardOf = ReadIndex(index);
        var opened = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        try
        {
            var missing = shardOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Where(shard => !File.Exists(System.IO.Path.Combine(folder, shard))).ToList();
            if (missing.Count > 0)
                throw new CheckpointException(folder, null, $"lacks {missing.Count} of its weight files: {string.Join(", ", missing)}", "Fetch the missing files.");
            var found = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
            foreach (var (name, shard) in shardOf)
            {
                if (!opened.TryGetValue(shard, out var file))
                    opened[shard] = file = SafetensorsFile.Open(System.IO.Path.Combine(folder, shard));
                if (!file.Entries.ContainsKey(name))
                    throw new CheckpointException(file.Path, name, $"the file lacks it, though {IndexFile} says that it is there", "Fetch the model again.");
                found[name] = file;
            }

            return new CheckpointFolder(folder, [.. opened.Values], found);
        }
        catch
        {
            foreach (var file in opened.Values)
                file.Dispose();
            throw;
        }
    }

    private static Dictionary<string, string> ReadIndex(string index)
    {
        try
        {
            if (new FileInfo(index).Length > LargestIndex)
                throw new CheckpointException(index, null, "is far larger than an index can be", "Fetch the file again.");
            using var document = JsonDocument.Parse(File.ReadAllBytes(index), Strict);
            var shardOf = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var pair in document.RootElement.GetProperty("weight_map").EnumerateObject())
                shardOf.Add(pair.Name, CheckedShard(index, pair.Name, pair.Value.GetString()));
            return shardOf;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(index, null, $"is not the index it should be: {error.Message.TrimEnd('.')}", "Fetch the file again.", error);
        }
    }

    /// <summary>A shard is a plain file name: an index from a stranger must not make the lab read elsewhere.</summary>
    private static string CheckedShard(string index, string tensor, string? shard)
    {
        var plain = !string.IsNullOrEmpty(shard) && shard.EndsWith(".safetensors", StringComparison.Ordinal)
            && shard.IndexOfAny(['/', '\\', ':', '\0']) < 0 && !shard.StartsWith("..", StringComparison.Ordinal);
        return plain ? shard! : throw new CheckpointException(index, tensor, $"its file is given as '{shard}'", "It must be the name of a .safetensors file in the same folder.");
    }
}
