using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Contracts;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>What a training remembers besides tensors.</summary>
internal sealed record TrainingState
{
    /// <summary>Digest of everything that the curve depends on; a checkpoint of another training is refused.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Steps done. The position in the data follows from it.</summary>
    public required long Step { get; init; }

    public required PairMetrics Start { get; init; }

    public PairMetrics? Best { get; init; }

    public long BestStep { get; init; }

    public PairMetrics? Last { get; init; }

    public long LastValidationStep { get; init; }

    public int WithoutImprovement { get; init; }

    public double LastTrainingLoss { get; init; }
}

/// <summary>
/// The directory from which a killed training goes on. A state is written into a folder of its own and becomes the current one
/// when the file <c>current</c>, which names it, is renamed into place: a kill at any moment leaves the old state or the new one.
/// </summary>
/// <param name="directory">Made when first written to.</param>
public sealed class TrainingCheckpoints(string directory)
{
    private const string CurrentFile = "current";
    private const string StateFile = "state.json";
    private const string WeightsFile = "weights.safetensors";
    private const string OptimizerFile = "optimizer.safetensors";
    private const string ReferenceFile = "reference.safetensors";

    /// <summary>Copies the current state into the live tensors.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="TrainingException">The state belongs to another training.</exception>
    internal TrainingState? Restore(
        string fingerprint, IReadOnlyDictionary<string, Tensor> weights, ParameterOptimizer optimizer)
    {
        string pointer = Path.Combine(directory, CurrentFile);
        if (!File.Exists(pointer))
            return null;
        string folder = Path.Combine(directory, File.ReadAllText(pointer).Trim());
        TrainingState state = JsonSerializer.Deserialize<TrainingState>(
            File.ReadAllText(Path.Combine(folder, StateFile)), ContractJson.Options)!;
        if (!string.Equals(state.Fingerprint, fingerprint, StringComparison.Ordinal))
        {
            throw new TrainingException(
                $"The checkpoint in {folder} belongs to a training with other settings, pairs or weights. Delete it to begin anew, or train with the settings that made it.");
        }

        Copy(Path.Combine(folder, WeightsFile), weights);
        Copy(Path.Combine(folder, OptimizerFile), optimizer.State);
        optimizer.StepsDone = state.Step;
        return state;
    }

    /// <summary>Makes this the current state, then removes what no state needs any more.</summary>
    internal void Save(TrainingState state, IReadOnlyDictionary<string, Tensor> weights, ParameterOptimizer optimizer)
    {
        string name = $"step-{state.Step}";
        string folder = Path.Combine(directory, name);
        Directory.CreateDirectory(folder);
        SafetensorsFile.Write(Path.Combine(folder, WeightsFile), weights);
        SafetensorsFile.Write(Path.Combine(folder, OptimizerFile), new Dictionary<string, Tensor>(optimizer.State, StringComparer.Ordinal));
        WriteDurably(Path.Combine(folder, StateFile), JsonSerializer.Serialize(state, ContractJson.Indented));
        WriteDurably(Path.Combine(directory, CurrentFile), name);
        foreach (string other in Directory.EnumerateDirectories(directory, "step-*").Where(d => Path.GetFileName(d) != name))
            Directory.Delete(other, recursive: true);
        foreach (string other in Directory.EnumerateFiles(directory, "best-*.safetensors").Where(f => f != BestFile(state.BestStep)))
            File.Delete(other);
    }

    /// <summary>Keeps the weights of the best step so far beside the older ones, which an older state may still name.</summary>
    internal void SaveBest(long step, IReadOnlyDictionary<string, Tensor> weights) => SafetensorsFile.Write(BestFile(step), weights);

    /// <summary>Copies the weights of the best step into the live tensors.</summary>
    internal void RestoreBest(long step, IReadOnlyDictionary<string, Tensor> weights) => Copy(BestFile(step), weights);

    /// <summary>Keeps the reference's sums, which cost a pass over all pairs.</summary>
    internal void SaveReference(string fingerprint, ReferenceSums sums)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(
            Path.Combine(directory, ReferenceFile),
            new Dictionary<string, Tensor>(StringComparer.Ordinal)
            {
                ["chosen"] = tensor(sums.Chosen, ScalarType.Float64),
                ["rejected"] = tensor(sums.Rejected, ScalarType.Float64),
            },
            new Dictionary<string, string>(StringComparer.Ordinal) { ["fingerprint"] = fingerprint });
    }

    /// <summary>The reference's sums; null when none of this training were kept.</summary>
    internal ReferenceSums? LoadReference(string fingerprint)
    {
        string path = Path.Combine(directory, ReferenceFile);
        if (!File.Exists(path))
            return null;
        using var scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Metadata.GetValueOrDefault("fingerprint") == fingerprint
            ? new ReferenceSums([.. file.Load("chosen").data<double>()], [.. file.Load("rejected").data<double>()])
            : null;
    }

    private string BestFile(long step) => Path.Combine(directory, $"best-{step}.safetensors");

    private static void Copy(string path, IEnumerable<KeyValuePair<string, Tensor>> into)
    {
        using var noGrad = no_grad();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach ((string name, Tensor live) in into)
        {
            using Tensor stored = file.Load(name);
            live.copy_(stored);
        }
    }

    private static void WriteDurably(string path, string text)
    {
        string temporary = path + ".part";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
