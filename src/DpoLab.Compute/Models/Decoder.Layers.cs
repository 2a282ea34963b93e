using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <content>The pieces of a forward pass, for callers that go layer by layer (recomputation during training).</content>
public sealed partial class Decoder
{
    /// <summary>Checks the input and prepares what all layers share. Its tensors live in the current dispose scope.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Forward"/>.</exception>
    public ForwardPass Begin(Tensor ids, Tensor? attentionMask = null, KeyValueCache? cache = null, ForwardOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var past = cache?.Length ?? 0;
        DecoderInput.Check(Configuration, ids, attentionMask, cache, past, options?.Positions);
        Hooks.Begin(new PassInput(ids, attentionMask, cache, options));
        var length = ids.shape[1];
        // A mask of ones says nothing, and without one the faster kernels can be used.
        var mask = attentionMask is null || DecoderInput.IsAllOnes(attentionMask) ? null : attentionMask.to(Device);
        var positions = options?.Positions?.to(Device) ?? DecoderInput.Positions(mask, past, length, Device);
        Tensor? cosine = null, sine = null;
        if (frequencies is not null)
        {
            using var scope = NewDisposeScope();
            var angle = positions.to(ScalarType.Float32).unsqueeze(-1) * frequencies; // [B, T, d/2]
            cosine = scope.MoveToOuter(angle.cos().to(Precision).unsqueeze(1));
            sine = scope.MoveToOuter(angle.sin().to(Precision).unsqueeze(1));
        }

        var context = new ForwardContext
        {
            Past = past,
            AttentionMask = mask,
            Positions = positions,
            ActiveRows = options?.ActiveRows,
            IsPrefill = past == 0 || length > 1,
        };
        var pass = new ForwardPass(context, length, Precision, Device)
        {
            Cache = cache,
            Cosine = cosine,
            Sine = sine,
            UsesFusedKernel = length > 1 && past == 0 && Precision == ScalarType.Float32 && Configuration.AttentionSoftCap is null
                && options is not { PlainAttention: true },
        };
        pass.BuildMasks(Configuration.SlidingWindows.Count == 0 ? [null] : Configuration.SlidingWindows.Distinct());
        return pass;
    }

    /// <summary>The residual stream before the first layer: <c>[B, T, D]</c>.</summary>
    public Tensor Embed(Tensor ids, ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(pass);
        using var scope = NewDisposeScope();
        var x = Rows(weights.Embedding, ids.to(Device));
        if (embeddingScale != 1)
            x = x * embeddingScale;
        if (weights.PositionEmbedding is { } positions)
            x = x + Rows(positions, pass.Context.Positions);
        return scope.MoveToOuter(x);
    }

    /// <summary>One layer: <c>[B, T, D]</c> to <c>[B, T, D]</c>.</summary>
    public Tensor Layer(int layer, Tensor x, ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(pass);
        using var scope = NewDisposeScope();
        var w = weights.Layers[layer];
        pass.Context.Layer = layer;
        var attended = w.AttentionOutput.Apply(SelfAttention.Apply(Configuration, w, layer, w.AttentionNorm.Apply(x), pass));
        var middle = Hooks.Apply(HookPoint.ResidMid, Sum(w.AttentionPostNorm?.Apply(attended) ?? attended, x), pass.Context);
        var result = Sum(middle, Mlp(w, Configuration.ParallelResidual ? x : middle, pass.Context));
        return scope.MoveToOuter(Hooks.Apply(HookPoint.ResidPost, result, pass.Context));
    }

    /// <summary>What the MLP adds to the residual stream.</summary>
    private Tensor Mlp(LayerWeights w, Tensor x, ForwardContext context)
    {
        var normed = w.MlpNorm.Apply(x);
        var post = w.Gate is { } gate ? Product(Activate(gate.Apply(normed)), w.Up.Apply(normed)) : Activate(w.Up.Apply(normed)); // [B, T, n]
        post = Hooks.Apply(HookPoint.MlpPost, post, context);
        var output = Hooks.Apply(HookPoint.MlpRaw, w.Down.Apply(post), context); // [B, T, D]
        return Hooks.Apply(HookPoint.MlpOut, w.MlpPostNorm?.Apply(output) ?? output, context);
    }

    /// <summary>The activation of a value that nobody else holds: in place where no gradient will ask for what it was.</summary>
    private Tensor Activate(Tensor x)
    {
        var inPlace = !is_grad_enabled();
        return Configuration.Activation switch
        {
            ActivationKind.GeluTanh when inPlace => x.gelu_(TorchSharp.Modules.GELU.Approximate.tanh),
            ActivationKind.GeluTanh => x.gelu(TorchSharp.Modules.GELU.Approximate.tanh),
            ActivationKind.Gelu => inPlace ? x.gelu_() : x.gelu(),
            ActivationKind.Silu => inPlace ? x.silu_() : x.silu(),
            ActivationKind.Relu => inPlace ? x.relu_() : x.relu(),
            _ => throw new InvalidOperationException($"Unknown activation {Configuration.Activation}."),
        };
    }

    /// <summary>own + other, in place in <paramref name="own"/>, which nobody else holds, where no gradient is asked for.</summary>
    private static Tensor Sum(Tensor own, Tensor other) => is_grad_enabled() ? own + other : own.add_(other);

    /// <summary>own · other, in place in <paramref name="own"/>, which nobody else holds, where no gradient is asked for.</summary>
    private static Tensor Product(Tensor own, Tensor other) => is_grad_enabled() ? own * other : own.mul_(other);

    private static Tensor Rows(Weight table, Tensor ids) =>
        table.Value.index_select(0, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], table.Shape[1]);
}
