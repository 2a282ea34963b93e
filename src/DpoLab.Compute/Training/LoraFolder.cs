using System.Text.Json;
using System.Text.Json.Nodes;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Compute.Models.Families;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>Adapter folders as peft reads and writes them: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
public static class LoraFolder
{
    private const string ConfigFile = "adapter_config.json";
    private const string WeightsFile = "adapter_model.safetensors";

    // Settings of peft that change what an adapter computes and that the lab does not know.
    private static readonly string[] Unsupported =
    [
        "use_dora", "use_qalora", "use_bdlora", "lora_bias", "layer_replication", "modules_to_save", "rank_pattern", "alpha_pattern",
        "target_parameters",
    ];

    /// <summary>Writes the adapters; the config is written last, so a folder without it is not finished.</summary>
    public static void Save(LoraAdapters adapters, string folder, string baseModel)
    {
        Directory.CreateDirectory(folder);
        SafetensorsFile.Write(Path.Combine(folder, WeightsFile), adapters.Parameters);
        var config = new JsonObject
        {
            ["base_model_name_or_path"] = baseModel,
            ["bias"] = "none",
            ["fan_in_fan_out"] = adapters.InputMajor,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["lora_alpha"] = adapters.Alpha,
            ["lora_dropout"] = 0.0,
            ["peft_type"] = "LORA",
            ["r"] = adapters.Rank,
            ["target_modules"] = new JsonArray([.. adapters.Targets.Select(target => JsonValue.Create(target))]),
            ["task_type"] = "CAUSAL_LM",
            ["use_rslora"] = false,
        };
        File.WriteAllText(Path.Combine(folder, ConfigFile), config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    /// <summary>Puts the adapters of a folder on a decoder and switches them on.</summary>
    /// <exception cref="TrainingException">The folder holds something else than plain LoRA for this model.</exception>
    public static LoraAdapters Load(Decoder model, string folder)
    {
        ConfigurationFile config = Config(folder);
        int rank = config.Count("r");
        double alpha = config.Number("lora_alpha");
        bool stabilised = config.Flag("use_rslora", whenAbsent: false);
        double scale = stabilised ? alpha / Math.Sqrt(rank) : alpha / rank;
        IReadOnlyList<string> targets = config.OptionalTexts("target_modules") ?? throw Refuse(folder, "target_modules is not a list of names");
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsFile));
        var read = new List<Tensor>();
        try
        {
            var made = LoraAdapters.Modules(model, targets).Select(module =>
            {
                Projection projection = model.Projections[module + ".weight"];
                Tensor down = Read(NameOf(module, "A"), [rank, projection.In]), up = Read(NameOf(module, "B"), [projection.Out, rank]);
                return (module, new LowRankAdapter(down, up, scale));
            });
            return new LoraAdapters(model, rank, stabilised ? scale * rank : alpha, targets, [.. made]);
        }
        catch
        {
            read.ForEach(tensor => tensor.Dispose());
            throw;
        }

        Tensor Read(string name, long[] shape)
        {
            if (!file.Entries.TryGetValue(name, out TensorEntry? entry))
                throw Refuse(folder, $"{WeightsFile} lacks '{name}'");
            if (!entry.Shape.AsSpan().SequenceEqual(shape))
                throw Refuse(folder, $"'{name}' is [{string.Join(", ", entry.Shape)}], this model needs [{string.Join(", ", shape)}]");

            // A copy of its own: adapters are trained, the file is not.
            using Tensor stored = file.Load(name, model.Device, model.Precision);
            Tensor copy = stored.clone().DetachFromDisposeScope();
            read.Add(copy);
            return copy;
        }
    }

    /// <summary>peft's name of an adapter's weight.</summary>
    internal static string NameOf(string module, string part) => $"base_model.model.{module}.lora_{part}.weight";

    private static ConfigurationFile Config(string folder)
    {
        string path = Path.Combine(folder, ConfigFile);
        if (!File.Exists(path))
            throw Refuse(folder, $"there is no {ConfigFile}");
        ConfigurationFile config = ConfigurationFile.Read(path);
        if (config.OptionalText("peft_type") != "LORA" || !config.Has("r") || !config.Has("lora_alpha"))
            throw Refuse(folder, $"{ConfigFile} describes no LoRA adapter (peft_type, r, lora_alpha)");
        foreach (string key in Unsupported.Where(config.IsSwitchedOn))
            throw Refuse(folder, $"{ConfigFile} sets '{key}', which the lab does not know");
        return (config.OptionalText("bias") ?? "none") == "none" ? config : throw Refuse(folder, "it trains biases, which the lab does not read");
    }

    private static TrainingException Refuse(string folder, string what) =>
        new($"{folder}: {what}. Export the adapter as plain LoRA, or merge it into the model's weights first.");
}
