using DpoLab.Compute.Models;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>
/// Low-rank adapters on linear layers of a decoder: y = xW + (α/r)·(xAᵀ)Bᵀ (Hu et al. 2021), named and initialised as peft
/// does. Switched off, the decoder is the base model, which is how the reference of a LoRA training is had.
/// </summary>
public sealed class LoraAdapters : IDisposable
{
    private readonly Decoder model;
    private readonly List<(string Module, Projection Projection, LowRankAdapter Adapter)> adapters;

    internal LoraAdapters(Decoder model, int rank, double alpha, IReadOnlyList<string> targets, IEnumerable<(string Module, LowRankAdapter Adapter)> made)
    {
        (this.model, Rank, Alpha, Targets) = (model, rank, alpha, targets);
        adapters = [.. made.Select(a => (a.Module, model.Projections[a.Module + ".weight"], a.Adapter))];
        Parameters = adapters
            .SelectMany(a => new[]
            {
                KeyValuePair.Create(LoraFolder.NameOf(a.Module, "A"), a.Adapter.Down),
                KeyValuePair.Create(LoraFolder.NameOf(a.Module, "B"), a.Adapter.Up),
            })
            .ToDictionary(StringComparer.Ordinal);
        Enabled = true;
    }

    /// <summary>Inner dimension r.</summary>
    public int Rank { get; }

    /// <summary>The update is scaled by α/r.</summary>
    public double Alpha { get; }

    /// <summary>Last parts of the names of the layers that have an adapter.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>Whether the base weights are stored [in, out], as GPT-2's are.</summary>
    public bool InputMajor => adapters.Exists(a => a.Projection.InputMajor);

    /// <summary>peft's names to live tensors: A [r, in] and B [out, r] of each target.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>Whether the decoder computes with the adapters.</summary>
    public bool Enabled
    {
        get => adapters.Count > 0 && adapters[0].Projection.Adapter is not null;
        set
        {
            foreach (var (_, projection, adapter) in adapters)
                projection.Adapter = value ? adapter : null;
        }
    }

    /// <summary>
    /// New adapters: A uniform within ±1/√in from the seed, B zero, so that the decoder is unchanged at first.
    /// </summary>
    /// <param name="model">The decoder; the adapters are switched on.</param>
    /// <param name="options">Rank, α, targets (null: <see cref="UsualTargets"/>).</param>
    /// <param name="seed">Of A.</param>
    /// <exception cref="TrainingException">A target names no linear layer of the model.</exception>
    public static LoraAdapters Create(Decoder model, LoraOptions options, int seed)
    {
        IReadOnlyList<string> targets = options.Targets is { Count: > 0 } chosen ? chosen : UsualTargets(model);
        var random = new SeededRandom(seed);
        var made = Modules(model, targets).Select(module =>
        {
            Projection projection = model.Projections[module + ".weight"];
            double bound = 1 / Math.Sqrt(projection.In);
            float[] a = [.. Enumerable.Range(0, checked((int)(options.Rank * projection.In))).Select(_ => (float)(bound * ((2 * random.NextDouble()) - 1)))];
            Tensor down = tensor(a, ScalarType.Float32).view(options.Rank, projection.In).to(model.Precision, model.Device).DetachFromDisposeScope();
            Tensor up = zeros([projection.Out, options.Rank], model.Precision, model.Device).DetachFromDisposeScope();
            return (module, new LowRankAdapter(down, up, options.Alpha / options.Rank));
        });
        return new LoraAdapters(model, options.Rank, options.Alpha, targets, [.. made]);
    }

    /// <summary>What peft takes when no target is named: the attention's queries and values, in GPT-2 the fused projection.</summary>
    public static IReadOnlyList<string> UsualTargets(Decoder model) => model.Configuration.ModelType switch
    {
        "gpt2" => ["c_attn"],
        "gpt_neox" => ["query_key_value"],
        _ => ["q_proj", "v_proj"],
    };

    /// <summary>The weights with the adapters added in, by name: W + (α/r)·BA, in the current dispose scope.</summary>
    public IReadOnlyDictionary<string, Tensor> Merged()
    {
        using var noGrad = no_grad();
        var merged = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (module, projection, adapter) in adapters)
        {
            Tensor weight = projection.Weight.Value;
            Tensor update = adapter.Up.to(ScalarType.Float32).mm(adapter.Down.to(ScalarType.Float32)) * adapter.Scale;   // [out, in]
            merged[module + ".weight"] = (weight.to(ScalarType.Float32) + (projection.InputMajor ? update.t() : update)).to(weight.dtype);
        }

        return merged;
    }

    /// <summary>Writes the model with the adapters added into its weights: an ordinary folder that any engine loads.</summary>
    public void SaveMerged(string folder)
    {
        using var scope = NewDisposeScope();
        model.Save(folder, Merged());
    }

    /// <summary>Switches the adapters off and forgets them.</summary>
    public void Dispose()
    {
        Enabled = false;
        foreach (Tensor tensor in Parameters.Values)
            tensor.Dispose();
    }

    /// <summary>The modules that the targets name, in the model's order: those whose name is a target or ends in one.</summary>
    internal static IReadOnlyList<string> Modules(Decoder model, IReadOnlyList<string> targets)
    {
        string[] all = [.. model.Projections.Keys.Select(name => name[..^".weight".Length])];
        foreach (string target in targets)
        {
            if (ModelRefusals.LoraTarget(target, model.Configuration.ModelType, LayerNames(all), all.Any(module => Names(target, module))) is { } reason)
                throw new TrainingException(reason);
        }

        return [.. all.Where(module => targets.Any(target => Names(target, module)))];
    }

    /// <summary>The last parts of the names of linear layers, each once: what a target can say.</summary>
    internal static IEnumerable<string> LayerNames(IEnumerable<string> modules) => modules.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct(StringComparer.Ordinal);

    private static bool Names(string target, string module) =>
        string.Equals(module, target, StringComparison.Ordinal) || module.EndsWith("." + target, StringComparison.Ordinal);
}
