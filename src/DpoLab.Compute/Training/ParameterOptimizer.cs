using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>
/// Updates parameters in place from their gradients. The state is float32 whatever the parameters' precision; parameters of
/// lower precision keep a float32 master copy, since steps of 1e-6 vanish in bfloat16.
/// </summary>
internal abstract class ParameterOptimizer : IDisposable
{
    private readonly Dictionary<string, Tensor> masters = [];
    private readonly List<(string Name, Dictionary<string, Tensor> Slot)> slots = [];

    private readonly IReadOnlyDictionary<string, Tensor>? masks;

    protected ParameterOptimizer(
        OptimizerOptions options, IReadOnlyDictionary<string, Tensor> parameters, IReadOnlyDictionary<string, Tensor>? masks, params string[] slotNames)
    {
        Options = options;
        this.masks = masks;
        Parameters = parameters;
        using var noGrad = no_grad();
        foreach (string slotName in slotNames)
        {
            slots.Add((slotName, parameters.ToDictionary(
                p => p.Key, p => zeros_like(p.Value, ScalarType.Float32).DetachFromDisposeScope(), StringComparer.Ordinal)));
        }

        foreach ((string name, Tensor parameter) in parameters)
        {
            if (parameter.dtype is not ScalarType.Float32)
                masters[name] = parameter.detach().to(ScalarType.Float32).DetachFromDisposeScope();
        }
    }

    /// <summary>Name to live tensor, tied ones once.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>Steps done.</summary>
    public long StepsDone { get; set; }

    /// <summary>What a checkpoint keeps: <c>slot/parameter name</c> to tensor.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
        slots.SelectMany(s => s.Slot.Select(p => KeyValuePair.Create($"{s.Name}/{p.Key}", p.Value)))
            .Concat(masters.Select(p => KeyValuePair.Create($"master/{p.Key}", p.Value)));

    protected OptimizerOptions Options { get; }

    /// <summary>The optimizer that the options name, over parameters that require a gradient.</summary>
    /// <param name="options">Which, and its settings.</param>
    /// <param name="parameters">Name to live tensor.</param>
    /// <param name="masks">1 where a parameter may change, 0 elsewhere, in a shape that spreads over the parameter's; absent: it may.</param>
    public static ParameterOptimizer Create(
        OptimizerOptions options, IReadOnlyDictionary<string, Tensor> parameters, IReadOnlyDictionary<string, Tensor>? masks = null) =>
        options.Kind switch
        {
            DpoOptimizer.RmsProp => new RmsProp(options, parameters, masks),
            DpoOptimizer.AdamW => new AdamW(options, parameters, masks),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "Unknown optimizer."),
        };

    /// <summary>The Euclidean norm of all gradients together, after what must not change has been taken out of them.</summary>
    public double GradientNorm()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach ((string name, Tensor mask) in masks ?? new Dictionary<string, Tensor>())
            Parameters[name].grad?.mul_(mask);
        Tensor[] norms = [.. Parameters.Values.Select(p => p.grad).OfType<Tensor>().Select(g => g.to(ScalarType.Float32).norm())];
        return norms.Length == 0 ? 0 : stack(norms).norm().item<float>();
    }

    /// <summary>One step on every parameter that has a gradient, which is scaled by <paramref name="gradientScale"/> first.</summary>
    public void Step(double learningRate, double gradientScale)
    {
        using var noGrad = no_grad();
        StepsDone++;
        foreach ((string name, Tensor parameter) in Parameters)
        {
            using var scope = NewDisposeScope();
            if (parameter.grad is not { } raw)
                continue;
            Tensor gradient = raw.to(ScalarType.Float32);
            if (gradientScale != 1)
                gradient = gradient * gradientScale;
            if (masters.TryGetValue(name, out Tensor? master))
            {
                Update(name, master, gradient, learningRate);
                parameter.copy_(master);
            }
            else
            {
                Update(name, parameter, gradient, learningRate);
            }
        }
    }

    /// <summary>Forgets the gradients, so that the next backward pass begins anew.</summary>
    public void ClearGradients()
    {
        foreach (Tensor parameter in Parameters.Values)
            parameter.grad = null;
    }

    public void Dispose()
    {
        foreach ((_, Tensor tensor) in State)
            tensor.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Changes <paramref name="weights"/> (float32) in place.</summary>
    protected abstract void Update(string name, Tensor weights, Tensor gradient, double learningRate);

    /// <summary>Weight decay times the weights, nothing where they must not change.</summary>
    protected Tensor Decay(string name, Tensor weights, double factor) =>
        masks?.GetValueOrDefault(name) is { } mask ? factor * weights * mask : factor * weights;

    protected Tensor Slot(int index, string name) => slots[index].Slot[name];
}

/// <summary>RMSprop as torch: v := αv + (1−α)g², w := w − lr·g/(√v + ε).</summary>
internal sealed class RmsProp(
    OptimizerOptions options, IReadOnlyDictionary<string, Tensor> parameters, IReadOnlyDictionary<string, Tensor>? masks)
    : ParameterOptimizer(options, parameters, masks, "square")
{
    protected override void Update(string name, Tensor weights, Tensor gradient, double learningRate)
    {
        if (Options.WeightDecay != 0)
            gradient = gradient + Decay(name, weights, Options.WeightDecay);
        Tensor v = Slot(0, name).mul_(Options.Alpha).addcmul_(gradient, gradient, 1 - Options.Alpha);
        weights.addcdiv_(gradient, v.sqrt().add_(Options.Epsilon), -learningRate);
    }
}

/// <summary>AdamW as torch: decoupled weight decay, bias-corrected moments, ε after the square root.</summary>
internal sealed class AdamW(
    OptimizerOptions options, IReadOnlyDictionary<string, Tensor> parameters, IReadOnlyDictionary<string, Tensor>? masks)
    : ParameterOptimizer(options, parameters, masks, "mean", "square")
{
    protected override void Update(string name, Tensor weights, Tensor gradient, double learningRate)
    {
        (double beta1, double beta2) = (Options.MeanDecay, Options.SquareDecay);
        if (Options.WeightDecay != 0)
            weights.sub_(Decay(name, weights, learningRate * Options.WeightDecay));
        Tensor m = Slot(0, name).mul_(beta1).add_(gradient, 1 - beta1);
        Tensor v = Slot(1, name).mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        double correction1 = 1 - Math.Pow(beta1, StepsDone);
        double correction2 = Math.Sqrt(1 - Math.Pow(beta2, StepsDone));
        weights.addcdiv_(m, v.sqrt().div_(correction2).add_(Options.Epsilon), -learningRate / correction1);
    }
}
