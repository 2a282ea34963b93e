using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Verification;

/// <summary>One case of <c>science/</c>: what other people's code computed for a family, and the decoder case that it builds on.</summary>
public sealed class ScienceCase : IDisposable
{
    private readonly VerificationFolder folder;
    private readonly SafetensorsFile tensors;
    private readonly SafetensorsFile decoderTensors;

    /// <summary>Opens <c>science/&lt;name&gt;</c>.</summary>
    public ScienceCase(VerificationFolder folder, string name)
    {
        ArgumentNullException.ThrowIfNull(folder);
        this.folder = folder;
        Json = ReferenceJson.Read(folder.Of("science", name, "expected.json"));
        Family = Json.OptionalText("model") ?? name;
        tensors = SafetensorsFile.Open(folder.Of("science", name, "expected.safetensors"));
        Window = ReferenceJson.Read(folder.Of("decoders", Family, "expected.json")).Part("window").GetInt32();
        decoderTensors = SafetensorsFile.Open(folder.Of("decoders", Family, "expected.safetensors"));
    }

    /// <summary>The decoder case that it builds on: what the case says, else the one of its own name.</summary>
    public string Family { get; }

    /// <summary>The content of <c>expected.json</c>.</summary>
    public JsonElement Json { get; }

    /// <summary>The content of <c>expected.safetensors</c>.</summary>
    public SafetensorsFile Tensors => tensors;

    /// <summary>Tokens in a window of the text whose likelihood is summed.</summary>
    public int Window { get; }

    public int EndOfText => Json.Part("end_of_text").GetInt32();

    public int NewTokens => Json.Part("new_tokens").GetInt32();

    public IReadOnlyList<int[]> Prompts => Json.Part("prompts").Deserialize<int[][]>()!;

    /// <summary>The base model in fp32 on the CPU.</summary>
    public Decoder LoadBase() => Decoder.Load(folder.Of("decoders", Family, "model"), CPU, ScalarType.Float32);

    /// <summary>
    /// The base folder's configuration with the weights that a training of <c>dpo/</c> ended with: of those of this base model, the one
    /// whose value vectors come closest to the cosines of the case, since no case says which it was.
    /// </summary>
    /// <exception cref="InputException">No training of this model is there.</exception>
    public Decoder LoadTuned()
    {
        double[] cosines = Vector("tuned.cosine");
        (double Distance, string? Training) closest = (double.PositiveInfinity, null);
        foreach (string training in folder.FoldersOf("dpo").Where(IsOfThisModel))
        {
            using Decoder candidate = LoadAfter(training);
            double distance = Distance(candidate, cosines);
            if (distance < closest.Distance)
                closest = (distance, training);
        }

        return LoadAfter(closest.Training ?? throw new InputException(
            $"dpo/ holds no training of '{Family}' with its final.safetensors, so the tuned model is not there. Copy it beside the case."));
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
        tensors.Dispose();
        decoderTensors.Dispose();
    }

    private bool IsOfThisModel(string training) =>
        File.Exists(folder.Of("dpo", training, "final.safetensors"))
        && ReferenceJson.Read(folder.Of("dpo", training, "expected.json")).OptionalText("model") == Family;

    private Decoder LoadAfter(string training)
    {
        string temporary = Directory.CreateTempSubdirectory("dpolab-tuned-").FullName;
        try
        {
            File.Copy(folder.Of("decoders", Family, "model", "config.json"), Path.Combine(temporary, "config.json"));
            File.Copy(folder.Of("dpo", training, "final.safetensors"), Path.Combine(temporary, "model.safetensors"));
            return Decoder.Load(temporary, CPU, ScalarType.Float32);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private double Distance(Decoder decoder, double[] cosines)
    {
        using var scope = NewDisposeScope();
        Tensor unit = ValueVectors.Unit(decoder, Vector("direction"));
        double[] ours = [.. Enumerable.Range(0, decoder.Configuration.Layers)
            .SelectMany(layer => ValueVectors.Along(decoder, layer, unit, Protocol.Corrected).Cosine.data<double>())];
        return ScienceDifference.Largest(cosines, ours);
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
