using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>One case of <c>dpo/</c>: settings, pairs, every step's values and the weights at the end, by somebody else's code.</summary>
public sealed class DpoCase
{
    private readonly VerificationFolder folder;
    private readonly JsonElement root;

    /// <summary>Reads <c>dpo/&lt;name&gt;/expected.json</c>.</summary>
    public DpoCase(VerificationFolder folder, string name)
    {
        this.folder = folder;
        Name = name;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(folder.Of("dpo", name, "expected.json")));
        root = document.RootElement.Clone();
        int[] begin = root.TryGetProperty("begin_of_text_before_prompt_and_response", out JsonElement bos) && bos.ValueKind is JsonValueKind.Number
            ? [bos.GetInt32()]
            : [];
        Pairs =
        [
            .. root.GetProperty("pairs").EnumerateArray().Select(p => new PreferencePair(
                [.. begin, .. Ids(p, "prompt")], [.. begin, .. Ids(p, "chosen")], [.. begin, .. Ids(p, "rejected")])),
        ];
        Steps = [.. root.GetProperty("steps").EnumerateArray()];
        Options = ReadOptions();
    }

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>The model that is trained.</summary>
    public string ModelFolder => folder.Of("decoders", root.GetProperty("model").GetString()!, "model");

    /// <summary>In the order in which they are trained on.</summary>
    public IReadOnlyList<PreferencePair> Pairs { get; }

    /// <summary>What was logged at each step.</summary>
    public IReadOnlyList<JsonElement> Steps { get; }

    /// <summary>The settings with which those values must come out.</summary>
    public DpoOptions Options { get; }

    /// <summary>What padding the published protocol uses; null: the case is not of that protocol.</summary>
    public int? PadToken => root.TryGetProperty("pad_id", out JsonElement pad) ? pad.GetInt32() : null;

    /// <summary>Whether adapters are trained instead of the weights.</summary>
    public bool IsLora => root.TryGetProperty("lora", out _);

    /// <summary>The model before the first step, fp32 on the CPU.</summary>
    public Decoder LoadModel() => Decoder.Load(ModelFolder, CPU, ScalarType.Float32);

    /// <summary>A file or folder of the case.</summary>
    public string Of(params string[] parts) => folder.Of(["dpo", Name, .. parts]);

    /// <summary>A safetensors file of the case.</summary>
    public SafetensorsFile Tensors(params string[] parts) => SafetensorsFile.Open(Of(parts));

    private DpoOptions ReadOptions()
    {
        bool adamW = root.GetProperty("optimizer").GetString()!.StartsWith("AdamW", StringComparison.Ordinal);
        bool cosine = root.TryGetProperty("schedule", out _);
        bool warmup = root.TryGetProperty("warmup", out _);
        return new DpoOptions
        {
            Beta = root.GetProperty("beta").GetDouble(),
            Gamma = root.GetProperty("gamma").GetDouble(),
            Loss = Enum.Parse<DpoLoss>(root.GetProperty("loss").GetString()!, ignoreCase: true),
            LabelSmoothing = root.TryGetProperty("label_smoothing", out JsonElement smoothing) ? smoothing.GetDouble() : 0,
            Optimizer = new OptimizerOptions
            {
                Kind = adamW ? DpoOptimizer.AdamW : DpoOptimizer.RmsProp,
                LearningRate = root.GetProperty("learning_rate").GetDouble(),
                WeightDecay = adamW ? 0.01 : 0,
            },
            Schedule = cosine ? LearningRateSchedule.Cosine : LearningRateSchedule.Constant,
            Protocol = PadToken is null ? Protocol.Corrected : Protocol.Published,
            WarmupSteps = cosine ? 4 : warmup ? 6 : 0,
            Steps = Steps.Count,
            BatchSize = root.GetProperty("batch").GetInt32(),
            Clip = root.GetProperty("clip").GetDouble(),
        };
    }

    private static int[] Ids(JsonElement pair, string part) => pair.GetProperty(part).Deserialize<int[]>()!;
}
