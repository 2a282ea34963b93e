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
        root = ReferenceJson.Read(folder.Of("dpo", name, "expected.json"));
        int[] begin = root.OptionalInteger("begin_of_text_before_prompt_and_response") is { } bos ? [bos] : [];
        Pairs =
        [
            .. root.Part("pairs").EnumerateArray().Select(p => new PreferencePair(
                [.. begin, .. Ids(p, "prompt")], [.. begin, .. Ids(p, "chosen")], [.. begin, .. Ids(p, "rejected")])),
        ];
        Steps = [.. root.Part("steps").EnumerateArray()];
        Options = ReadOptions();
    }

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>The model that is trained.</summary>
    public string ModelFolder => folder.Of("decoders", root.Part("model").GetString()!, "model");

    /// <summary>In the order in which they are trained on.</summary>
    public IReadOnlyList<PreferencePair> Pairs { get; }

    /// <summary>What was logged at each step.</summary>
    public IReadOnlyList<JsonElement> Steps { get; }

    /// <summary>The settings with which those values must come out.</summary>
    public DpoOptions Options { get; }

    /// <summary>What padding the published protocol uses; null: the case is not of that protocol.</summary>
    public int? PadToken => root.OptionalText("protocol") == "published" || root.TryGetProperty("pad_id", out _) ? root.Part("pad_id").GetInt32() : null;

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
        var (schedule, warmup) = DpoCaseWords.Schedule(root.OptionalText("schedule") ?? root.OptionalText("warmup"));
        return new DpoOptions
        {
            Beta = root.Part("beta").GetDouble(),
            Gamma = root.Part("gamma").GetDouble(),
            Loss = Enum.TryParse<DpoLoss>(root.Part("loss").GetString(), ignoreCase: true, out var loss)
                ? loss
                : throw new InputException($"the loss '{root.Part("loss").GetString()}' is unknown; this lab has {string.Join(", ", Enum.GetNames<DpoLoss>())}."),
            LabelSmoothing = root.TryGetProperty("label_smoothing", out JsonElement smoothing) ? smoothing.GetDouble() : 0,
            Optimizer = DpoCaseWords.Optimizer(root.Part("optimizer").GetString()!, root.Part("learning_rate").GetDouble()),
            Schedule = schedule,
            Protocol = PadToken is null ? Protocol.Corrected : Protocol.Published,
            WarmupSteps = warmup,
            Steps = Steps.Count,
            BatchSize = root.Part("batch").GetInt32(),
            Clip = root.Part("clip").GetDouble(),
        };
    }

    private static int[] Ids(JsonElement pair, string part) => pair.Part(part).Deserialize<int[]>()!;
}
