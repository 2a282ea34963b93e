using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models.Families;
using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>Fills a decoder's weights from a folder: every weight that the family names, nothing else, each with the shape that it must have.</summary>
internal static class DecoderLoader
{
    private const int NamesShown = 12;

    /// <summary>Reads configuration and weights.</summary>
    /// <returns>The configuration, the filled weights, and the name that each weight has in the files.</returns>
    public static (DecoderConfiguration Configuration, DecoderWeights Weights, IReadOnlyDictionary<string, string> StoredNames) Load(
        string folder, Device device, ScalarType precision)
    {
        if (precision is not (ScalarType.Float32 or ScalarType.BFloat16))
            throw new ArgumentException($"A model can be loaded in Float32 or BFloat16, not in {precision}.", nameof(precision));
        var (family, configuration) = Configure(folder);
        using var files = CheckpointFolder.Open(folder);
        // A layer has several weights: a number of layers beyond that of the tensors is refused before a list of that length is made.
        if (configuration.Layers > files.Names.Count)
        {
            throw new CheckpointException(
                folder, null, $"config.json names {configuration.Layers} layers, the weight files hold {files.Names.Count} tensors in all", "Check that they belong together.");
        }

        var weights = family.Weights(configuration);
        var stored = Match(files, family, weights, configuration);
        var filled = new List<Weight>();
        try
        {
            foreach (var weight in weights.All())
            {
                weight.Value = files.Load(stored[weight.Name], device, precision).DetachFromDisposeScope();
                filled.Add(weight);
            }
        }
        catch
        {
            filled.ForEach(weight => weight.Value.Dispose());
            throw;
        }

        return (configuration, weights, stored);
    }

    /// <summary>The family and the configuration of a folder.</summary>
    public static (IDecoderFamily Family, DecoderConfiguration Configuration) Configure(string folder)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json"));
        var family = DecoderFamilies.Of(config);
        var configuration = family.Configure(config);
        var generation = Path.Combine(folder, "generation_config.json");
        // Chat models name more than one end of text there.
        var ends = File.Exists(generation) ? ConfigurationFile.Read(generation).TokenIds("eos_token_id") : [];
        return (family, ends.Count > 0 ? configuration with { EndOfText = ends } : configuration);
    }

    private static Dictionary<string, string> Match(CheckpointFolder files, IDecoderFamily family, DecoderWeights weights, DecoderConfiguration configuration)
    {
        var wanted = weights.All().ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        var stored = new Dictionary<string, string>(StringComparer.Ordinal);
        var unexpected = new List<string>();
        foreach (var name in files.Names)
        {
            var full = wanted.ContainsKey(name) ? name : family.NamePrefix + name;
            if (wanted.ContainsKey(full))
                stored[full] = name;
            else if (!family.IsBuffer(name) && !(configuration.TiedEmbeddings && name == family.UnembeddingName))
                unexpected.Add(name);
        }

        var missing = wanted.Keys.Where(name => !stored.ContainsKey(name)).ToList();
        if (missing.Count > 0 || unexpected.Count > 0)
        {
            throw new CheckpointException(
                files.Path,
                null,
                $"the weights are not those of its config.json ({configuration.ModelType}): {Listed("missing", missing)}; {Listed("unexpected", unexpected)}",
                "Check that weights and config.json belong together.");
        }

        foreach (var (name, weight) in wanted)
            CheckEntry(files, files.Entry(stored[name]), weight);
        return stored;
    }

    private static void CheckEntry(CheckpointFolder files, TensorEntry entry, Weight weight)
    {
        if (!entry.Shape.SequenceEqual(weight.Shape))
        {
            throw new CheckpointException(
                files.Path,
                entry.Name,
                $"has the shape [{string.Join(", ", entry.Shape)}] where config.json implies [{string.Join(", ", weight.Shape)}]",
                "Check that weights and config.json belong together.");
        }

        if (entry.Type is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float64))
            throw new CheckpointException(files.Path, entry.Name, $"is stored as {entry.StoredType}", "Weights must be F32, F16 or BF16: use the model before quantization.");
    }

    private static string Listed(string what, List<string> names)
    {
        if (names.Count == 0)
            return $"none {what}";
        var more = names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "";
        return $"{names.Count} {what} ({string.Join(", ", names.Order(StringComparer.Ordinal).Take(NamesShown))}{more})";
    }
}
