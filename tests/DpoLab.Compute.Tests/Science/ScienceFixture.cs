using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using static TorchSharp.torch;

namespace DpoLab.Tests.Science;

/// <summary>What other people's code computed for one family: <c>tests/fixtures/science</c> and the decoder fixture that it builds on.</summary>
internal sealed class ScienceFixture : IDisposable
{
    private static readonly Dictionary<string, string> TunedBy = new(StringComparer.Ordinal)
    {
        ["gpt2"] = "gpt2-sigmoid-gamma0.06",
        ["llama31"] = "llama31-sigmoid-gamma0.06",
        ["gemma2"] = "gemma2-sigmoid-gamma0.0",
        ["mistral"] = "mistral-hinge-gamma0.0",
    };

    private readonly JsonDocument json;
    private readonly SafetensorsFile tensors;
    private readonly SafetensorsFile decoderTensors;

    public ScienceFixture(string family)
    {
        Family = family;
        json = JsonDocument.Parse(File.ReadAllText(Repository.Fixture("science", family, "expected.json")));
        tensors = SafetensorsFile.Open(Repository.Fixture("science", family, "expected.safetensors"));
        decoderTensors = SafetensorsFile.Open(Repository.Fixture("decoders", family, "expected.safetensors"));
    }

    public static TheoryData<string> Families => [.. TunedBy.Keys];

    public string Family { get; }

    public JsonElement Json => json.RootElement;

    public int EndOfText => Json.GetProperty("end_of_text").GetInt32();

    public int NewTokens => Json.GetProperty("new_tokens").GetInt32();

    public IReadOnlyList<int[]> Prompts => Json.GetProperty("prompts").Deserialize<int[][]>()!;

    public Decoder LoadBase() => Decoder.Load(Repository.Fixture("decoders", Family, "model"), CPU, ScalarType.Float32);

    /// <summary>The base folder's configuration with the weights that the reference training ended with.</summary>
    public Decoder LoadTuned()
    {
        string folder = Directory.CreateTempSubdirectory("dpolab-tuned-").FullName;
        try
        {
            File.Copy(Repository.Fixture("decoders", Family, "model", "config.json"), Path.Combine(folder, "config.json"));
            File.Copy(Repository.Fixture("dpo", TunedBy[Family], "final.safetensors"), Path.Combine(folder, "model.safetensors"));
            return Decoder.Load(folder, CPU, ScalarType.Float32);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public double[] Vector(string name) => Flat(tensors, name);

    public Tensor Load(string name) => tensors.Load(name);

    public Tensor LoadDecoderTensor(string name) => decoderTensors.Load(name);

    public int[] DecoderIds(string name)
    {
        using var scope = NewDisposeScope();
        return [.. decoderTensors.Load(name).contiguous().view(-1).data<long>().Select(id => (int)id)];
    }

    /// <summary>Base and tuned statistics as the reference computed them.</summary>
    /// <param name="prefix">Empty, or <c>published.</c>.</param>
    public (ModelStatistics Base, ModelStatistics Tuned) Statistics(string prefix = "") => (Model(prefix + "base"), Model(prefix + "tuned"));

    public void Dispose()
    {
        json.Dispose();
        tensors.Dispose();
        decoderTensors.Dispose();
    }

    private ModelStatistics Model(string name)
    {
        long[] shape = tensors.Entries[$"{name}.mean"].Shape;
        bool complete = tensors.Entries.ContainsKey($"{name}.variance");
        return new ModelStatistics
        {
            Layers = (int)shape[0],
            NeuronsPerLayer = (int)shape[1],
            Tokens = 0,
            Activation = Vector($"{name}.mean"),
            Variance = complete ? Vector($"{name}.variance") : new double[shape[0] * shape[1]],
            Cosine = Vector($"{name}.cosine"),
            Projection = Vector($"{name}.projection"),
            MlpProjection = complete ? Vector($"{name}.mlp_projection") : new double[shape[0]],
            ProjectionCheck = 0,
        };
    }

    private static double[] Flat(SafetensorsFile file, string name)
    {
        using var scope = NewDisposeScope();
        return file.Load(name, type: ScalarType.Float64).contiguous().view(-1).data<double>().ToArray();
    }
}
