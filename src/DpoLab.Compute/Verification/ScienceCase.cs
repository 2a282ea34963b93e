using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>One case of <c>science/</c>: what other people's code computed for a family, and the decoder case that it builds on.</summary>
public sealed class ScienceCase : IDisposable
{
    private static readonly Dictionary<string, string> TunedBy = new(StringComparer.Ordinal)
    {
        ["gpt2"] = "gpt2-sigmoid-gamma0.06",
        ["llama31"] = "llama31-sigmoid-gamma0.06",
        ["gemma2"] = "gemma2-sigmoid-gamma0.0",
        ["mistral"] = "mistral-hinge-gamma0.0",
    };

    private readonly VerificationFolder folder;
    private readonly JsonDocument json;
    private readonly SafetensorsFile tensors;
    private readonly SafetensorsFile decoderTensors;

    /// <summary>Opens <c>science/&lt;family&gt;</c>.</summary>
    public ScienceCase(VerificationFolder folder, string family)
    {
        ArgumentNullException.ThrowIfNull(folder);
        this.folder = folder;
        Family = family;
        json = JsonDocument.Parse(File.ReadAllText(folder.Of("science", family, "expected.json")));
        tensors = SafetensorsFile.Open(folder.Of("science", family, "expected.safetensors"));
        decoderTensors = SafetensorsFile.Open(folder.Of("decoders", family, "expected.safetensors"));
    }

    /// <summary>The families whose tuned partner is known.</summary>
    public static IReadOnlyList<string> Families { get; } = [.. TunedBy.Keys];

    /// <summary>Its name.</summary>
    public string Family { get; }

    /// <summary>The content of <c>expected.json</c>.</summary>
    public JsonElement Json => json.RootElement;

    public int EndOfText => Json.GetProperty("end_of_text").GetInt32();

    public int NewTokens => Json.GetProperty("new_tokens").GetInt32();

    public IReadOnlyList<int[]> Prompts => Json.GetProperty("prompts").Deserialize<int[][]>()!;

    /// <summary>The base model in fp32 on the CPU.</summary>
    public Decoder LoadBase() => Decoder.Load(folder.Of("decoders", Family, "model"), CPU, ScalarType.Float32);

    /// <summary>The base folder's configuration with the weights that the reference training ended with.</summary>
    public Decoder LoadTuned()
    {
        string temporary = Directory.CreateTempSubdirectory("dpolab-tuned-").FullName;
        try
        {
            File.Copy(folder.Of("decoders", Family, "model", "config.json"), Path.Combine(temporary, "config.json"));
            File.Copy(folder.Of("dpo", TunedBy[Family], "final.safetensors"), Path.Combine(temporary, "model.safetensors"));
            return Decoder.Load(temporary, CPU, ScalarType.Float32);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>A tensor of the case as numbers, in flat order.</summary>
    public double[] Vector(string name) => Flat(tensors, name);

    /// <summary>A tensor of the case.</summary>
    public Tensor Load(string name) => tensors.Load(name);

    /// <summary>A tensor of the decoder case.</summary>
    public Tensor LoadDecoderTensor(string name) => decoderTensors.Load(name);

    /// <summary>Token ids of the decoder case.</summary>
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
