using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Training;

/// <summary>One case of <c>tests/fixtures/dpo</c>: settings, pairs, every step's values and the weights at the end.</summary>
internal sealed class DpoFixture
{
    private readonly JsonElement root;

    public DpoFixture(string name)
    {
        Name = name;
        root = JsonDocument.Parse(File.ReadAllText(Repository.Fixture("dpo", name, "expected.json"))).RootElement.Clone();
        int[] begin = root.TryGetProperty("begin_of_text_before_prompt_and_response", out JsonElement bos) && bos.ValueKind is JsonValueKind.Number
            ? [bos.GetInt32()]
            : [];
        Pairs =
        [
            .. root.GetProperty("pairs").EnumerateArray().Select(p => new PreferencePair(
                [.. begin, .. Ids(p, "prompt")], [.. begin, .. Ids(p, "chosen")], [.. begin, .. Ids(p, "rejected")])),
        ];
        Steps = [.. root.GetProperty("steps").EnumerateArray()];
        Batch = root.GetProperty("batch").GetInt32();
    }

    public string Name { get; }

    public string ModelFolder => Repository.Fixture("decoders", root.GetProperty("model").GetString()!, "model");

    public IReadOnlyList<PreferencePair> Pairs { get; }

    public IReadOnlyList<JsonElement> Steps { get; }

    public int Batch { get; }

    public int? PadToken => root.TryGetProperty("pad_id", out JsonElement pad) ? pad.GetInt32() : null;

    /// <summary>The case's settings, with which its numbers must come out.</summary>
    public DpoOptions Options()
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
            BatchSize = Batch,
            Clip = root.GetProperty("clip").GetDouble(),
        };
    }

    public Decoder Model() => Decoder.Load(ModelFolder, CPU, ScalarType.Float32);

    public SafetensorsFile Tensors(params string[] file) => SafetensorsFile.Open(Repository.Fixture(["dpo", Name, .. file]));

    private static int[] Ids(JsonElement pair, string part) => pair.GetProperty(part).Deserialize<int[]>()!;
}
