using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>What a forward pass begins with: as the arguments of <see cref="Decoder.Begin"/>.</summary>
/// <param name="Ids">Token ids, <c>[B, T]</c>.</param>
/// <param name="AttentionMask">1 for real tokens, <c>[B, Past + T]</c>; null when all are real.</param>
/// <param name="Cache">Earlier positions; null for a whole text.</param>
/// <param name="Options">Departures; null: none.</param>
public sealed record PassInput(Tensor Ids, Tensor? AttentionMask, KeyValueCache? Cache, ForwardOptions? Options);

/// <summary>
/// The hooks of one decoder. Each is taken off by disposing what <see cref="Add"/> returned; several at one point are called in the order
/// in which they were added, each with what the one before it returned. Where none is registered a forward pass does nothing at all.
/// </summary>
public sealed class HookRegistry
{
    private static readonly int Points = Enum.GetValues<HookPoint>().Length;

    private readonly Registration[]?[] registered;
    private Action<PassInput>? before;

    internal HookRegistry(int layers) => registered = new Registration[Points * layers][];

    /// <summary>How many hooks are registered now. It is 0 again once each registration is disposed.</summary>
    public int Count { get; private set; }

    /// <summary>Calls <paramref name="hook"/> at a point of a layer from now on, until the returned object is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such layer.</exception>
    public IDisposable Add(HookPoint point, int layer, Hook hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        var layers = registered.Length / Points;
        if (layer < 0 || layer >= layers)
            throw new ArgumentOutOfRangeException(nameof(layer), layer, $"The model has the layers 0 to {layers - 1}.");
        var registration = new Registration(this, Slot(point, layer), hook);
        // A new array each time: a hook may register or remove hooks while the old array is being walked.
        registered[registration.Slot] = [.. registered[registration.Slot] ?? [], registration];
        Count++;
        return registration;
    }

    /// <summary>Calls <paramref name="read"/> at the beginning of each forward pass, until the returned object is disposed.</summary>
    public IDisposable AddBefore(Action<PassInput> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        before += read;
        Count++;
        return new BeforeRegistration(this, read);
    }

    internal void Begin(PassInput input) => before?.Invoke(input);

    internal Tensor Apply(HookPoint point, Tensor value, ForwardContext context)
    {
        var hooks = registered[Slot(point, context.Layer)];
        if (hooks is null)
            return value;
        foreach (var registration in hooks)
        {
            var shape = value.shape;
            value = registration.Hook(value, context);
            // A value of another shape would abort the process in the next matrix product.
            if (!value.shape.AsSpan().SequenceEqual(shape))
            {
                throw new InvalidOperationException(
                    $"A hook at {point} of layer {context.Layer} returned [{string.Join(", ", value.shape)}] for [{string.Join(", ", shape)}].");
            }
        }

        return value;
    }

    private int Slot(HookPoint point, int layer) => (int)point * (registered.Length / Points) + layer;

    private void Remove(Registration registration)
    {
        var left = Array.FindAll(registered[registration.Slot] ?? [], other => other != registration);
        if (left.Length == (registered[registration.Slot]?.Length ?? 0))
            return;
        registered[registration.Slot] = left.Length == 0 ? null : left;
        Count--;
    }

    private sealed class BeforeRegistration(HookRegistry owner, Action<PassInput> read) : IDisposable
    {
        private bool disposed;

        public void Dispose()
        {
            if (disposed)
                return;
            disposed = true;
            owner.before -= read;
            owner.Count--;
        }
    }

    private sealed class Registration(HookRegistry owner, int slot, Hook hook) : IDisposable
    {
        public int Slot { get; } = slot;

        public Hook Hook { get; } = hook;

        public void Dispose() => owner.Remove(this);
    }
}
