using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Interventions;

/// <summary>
/// An intervention while it acts on a decoder. Disposing it takes every hook off and puts scaled weights back bit for bit; it counts how often and
/// at how many positions it acted.
/// </summary>
public sealed class ActiveIntervention : IDisposable
{
    private readonly Decoder decoder;
    private readonly InterventionPlan plan;
    private readonly ActedPositions acted;
    private readonly List<IDisposable> registrations = [];
    private readonly List<Tensor> owned = [];
    private readonly Dictionary<Decoder, ReadAlong> sources = [];
    private readonly List<(KeyOperation Key, Tensor Original)> scaledKeys = [];
    private readonly Tensor maskedPositions;
    private long unmaskedPositions;
    private bool disposed;

    private ActiveIntervention(Decoder decoder, InterventionPlan plan, ActedPositions acted)
    {
        this.decoder = decoder;
        this.plan = plan;
        this.acted = acted;
        maskedPositions = Own(zeros([], ScalarType.Int64, decoder.Device));
    }

    /// <summary>Times that it acted on a layer's tensor.</summary>
    public long Applied { get; private set; }

    /// <summary>Token positions acted on, padding not counted. Waits for the device.</summary>
    public long Positions => unmaskedPositions + maskedPositions.cpu().item<long>();

    /// <summary>Puts a plan into force.</summary>
    /// <param name="decoder">The model, which must have the shape that the plan was made for.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="acted">Where in each forward pass.</param>
    public static ActiveIntervention Apply(Decoder decoder, InterventionPlan plan, ActedPositions acted)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Operations.Count == 0)
            throw new ArgumentException("The plan does nothing. Choose at least one neuron or a direction.", nameof(plan));
        var active = new ActiveIntervention(decoder, plan, acted);
        try
        {
            using var noGrad = no_grad();
            for (int i = 0; i < plan.Operations.Count; i++)
                active.PutInForce(plan.Operations[i], countsPositions: i == 0);
            return active;
        }
        catch
        {
            active.Dispose();
            throw;
        }
    }

    /// <summary>Fails if nothing was acted on: the numbers of such a run would be the plain model's under another name.</summary>
    /// <exception cref="InterventionException">It never fired.</exception>
    public void RequireFired()
    {
        if (Applied == 0 || Positions == 0)
        {
            throw new InterventionException(
                $"The intervention on layers {string.Join(", ", plan.Operations.Select(o => o.Layer).Distinct())} never acted (applied {Applied} times). "
                + "Its numbers would be the plain model's, so the run is stopped. This is a defect of the lab: please report it with the run's spec.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        foreach (var registration in registrations)
            registration.Dispose();
        foreach (var source in sources.Values)
            source.Dispose();
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (var (key, original) in scaledKeys)
                decoder.KeyVectors(key.Layer).index_copy_(0, Index(key.Neurons), original);
        }

        foreach (var tensor in owned)
            tensor.Dispose();
    }

    private void PutInForce(LayerOperation operation, bool countsPositions)
    {
        using var scope = NewDisposeScope();
        switch (operation)
        {
            case NeuronOperation neurons:
                Register(HookPoint.MlpPost, neurons.Layer, countsPositions, Arithmetic(neurons));
                break;
            case SteeringOperation steering:
                var point = steering.Point is SteeringPoint.MlpOut ? HookPoint.MlpOut : HookPoint.ResidPost;
                var offset = Own(tensor(steering.Offset, decoder.Precision, decoder.Device));
                Register(point, steering.Layer, countsPositions, steering.TimesStreamNorm
                    ? value => value + (value.norm(-1, keepdim: true, p: 2) * offset)
                    : value => value + offset);
                break;
            case KeyOperation key:
                var keys = decoder.KeyVectors(key.Layer);
                var original = Own(keys.index_select(0, Index(key.Neurons)));
                keys.index_copy_(0, Index(key.Neurons), original * key.Factor);
                scaledKeys.Add((key, original));
                Register(HookPoint.MlpPost, key.Layer, countsPositions, change: null);
                break;
            case TransplantOperation transplant:
                var index = Own(Index(transplant.Neurons));
                var source = SourceOf(transplant.Source);
                source.Keep(transplant.Layer, index);
                Register(HookPoint.MlpPost, transplant.Layer, countsPositions, m => m.index_copy(2, index, source.Values(transplant.Layer)));
                break;
            default:
                throw new ArgumentException($"Unknown operation {operation.GetType().Name}.", nameof(operation));
        }
    }

    private ReadAlong SourceOf(Decoder model) =>
        sources.TryGetValue(model, out var known) ? known : sources[model] = new ReadAlong(decoder, model, acted);

    /// <summary>m := factor ⊙ m + offset over the whole layer, neurons that were not chosen having factor 1 and offset 0.</summary>
    private Func<Tensor, Tensor> Arithmetic(NeuronOperation operation)
    {
        var factors = Enumerable.Repeat(1.0, decoder.Configuration.Neurons).ToArray();
        var offsets = new double[factors.Length];
        for (int i = 0; i < operation.Neurons.Length; i++)
        {
            factors[operation.Neurons[i]] = operation.Factors[i];
            offsets[operation.Neurons[i]] = operation.Offsets[i];
        }

        var factor = Own(tensor(factors, decoder.Precision, decoder.Device));
        var offset = Own(tensor(offsets, decoder.Precision, decoder.Device));
        if (operation.Factors.All(f => f == 1))
            return m => m + offset;
        if (operation.Offsets.All(o => o == 0))
            return m => m * factor;
        return m => addcmul(offset, m, factor, 1);
    }

    private void Register(HookPoint point, int layer, bool countsPositions, Func<Tensor, Tensor>? change) =>
        registrations.Add(decoder.Hooks.Add(point, layer, (value, context) =>
        {
            // Weights that were scaled act at every position, whatever the scope.
            var (start, length) = change is null ? (0, value.shape[1]) : acted.In(context.Past, value.shape[1]);
            if (length == 0)
                return value;
            Applied++;
            if (countsPositions)
                CountPositions(value.shape[0], start, length, context);
            if (change is null)
                return value;
            if (length == value.shape[1])
                return change(value);
            var result = value.clone();
            using var part = result.narrow(1, start, length);
            using var changed = change(part);
            part.copy_(changed);
            return result;
        }));

    private void CountPositions(long rows, long start, long length, ForwardContext context)
    {
        if (context.AttentionMask is not { } mask)
        {
            unmaskedPositions += rows * length;
            return;
        }

        using var scope = NewDisposeScope();
        maskedPositions.add_(mask.narrow(1, context.Past + start, length).sum(ScalarType.Int64));
    }

    private Tensor Index(int[] neurons) => tensor(Array.ConvertAll(neurons, i => (long)i), ScalarType.Int64, decoder.Device);

    private Tensor Own(Tensor value)
    {
        owned.Add(value.DetachFromDisposeScope());
        return value;
    }
}
