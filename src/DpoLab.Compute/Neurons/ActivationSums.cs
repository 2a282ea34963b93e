using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Neurons;

/// <summary>
/// Float64 sums of neuron activations over counted positions, kept on the device: nothing waits for it until <see cref="Statistics"/>.
/// </summary>
/// <remarks>
/// Hooks look at the last columns of each pass: under <see cref="Protocol.Corrected"/> at one, which predicts the next token of the rows that have
/// not ended. There a neuron of Gemma 2 contributes m/r_t, r_t = √(mean(o_t²) + ε) of the MLP output o_t before the post-norm, which is known one
/// hook later.
/// </remarks>
internal sealed class ActivationSums : IDisposable
{
    private readonly Decoder decoder;
    private readonly Protocol protocol;
    private readonly List<IDisposable> registrations = [];
    private readonly Tensor[] sums; // [1, n] each
    private readonly Tensor[] squares; // [1, n] each
    private readonly Tensor[]? normed; // [1, n] each: Σ m/r
    private readonly Tensor[] outputs; // [1, d] each
    private readonly Tensor counted; // scalar
    private long columns;
    private Tensor? given; // [rows, columns] of the caller
    private Tensor? weights; // [1, rows · columns]: 1 for positions that count, 0 for others
    private Tensor? pending; // [rows, n] activations of the layer that the post-norm is awaited for

    /// <summary>Begins to look.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="protocol">Whose value vectors and projections.</param>
    /// <param name="columns">Last columns of each pass that count.</param>
    public ActivationSums(Decoder decoder, Protocol protocol, long columns)
    {
        this.decoder = decoder;
        this.protocol = protocol;
        this.columns = columns;
        var c = decoder.Configuration;
        bool divides = protocol is Protocol.Corrected && decoder.OutputGain(0) is not null;
        sums = Zeros(c.Neurons);
        squares = Zeros(c.Neurons);
        normed = divides ? Zeros(c.Neurons) : null;
        outputs = Zeros(c.Width);
        counted = zeros([], ScalarType.Float64, decoder.Device).DetachFromDisposeScope();

        // Published projections are of the plain v_i, so they add up to the output before any post-norm.
        var output = protocol is Protocol.Corrected ? HookPoint.MlpOut : HookPoint.MlpRaw;
        for (int layer = 0; layer < c.Layers; layer++)
        {
            registrations.Add(decoder.Hooks.Add(HookPoint.MlpPost, layer, LookAtActivations));
            if (divides)
                registrations.Add(decoder.Hooks.Add(HookPoint.MlpRaw, layer, LookAtNorm));
            registrations.Add(decoder.Hooks.Add(output, layer, LookAtOutput));
        }
    }

    /// <summary>Counts, in the passes from now on, the last columns by these weights instead of the rows that have not ended.</summary>
    /// <param name="mask">[rows, columns]: 1 for positions that count, 0 for others; stays the caller's.</param>
    public void Count(Tensor mask) => (columns, given) = (mask.shape[1], mask);

    /// <summary>Tokens counted so far. Waits for the device.</summary>
    public long Tokens => (long)counted.cpu().item<double>();

    /// <summary>Means, variances and projections of what was counted.</summary>
    /// <param name="unit">ŵ: [d] in float64.</param>
    public ModelStatistics Statistics(Tensor unit)
    {
        long tokens = Tokens;
        if (tokens == 0)
            throw new InputException("No token was generated, so there is nothing to average. Check the prompts and the number of new tokens.");
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var c = decoder.Configuration;
        var cosine = new Tensor[c.Layers];
        var projection = new Tensor[c.Layers];
        var output = new double[c.Layers];
        double check = 0;
        for (int layer = 0; layer < c.Layers; layer++)
        {
            (cosine[layer], var product) = ValueVectors.Along(decoder, layer, unit, protocol);
            projection[layer] = (normed ?? sums)[layer].squeeze(0) / tokens * product;
            output[layer] = (outputs[layer].squeeze(0) / tokens).dot(unit).cpu().item<double>();
            double bias = decoder.OutputBias(layer) is { } b ? b.to(ScalarType.Float64).dot(unit).cpu().item<double>() : 0;
            double difference = Math.Abs(projection[layer].sum().cpu().item<double>() + bias - output[layer]);
            RequireEqual(layer, difference, projection[layer].abs().sum().cpu().item<double>() + Math.Abs(bias));
            check = Math.Max(check, difference);
        }

        var mean = cat(sums, 0) / tokens; // [L, n]
        var variance = (cat(squares, 0) / tokens - mean.square()).clamp_min(0); // [L, n]
        return new ModelStatistics
        {
            Layers = c.Layers,
            NeuronsPerLayer = c.Neurons,
            Tokens = tokens,
            Activation = Host(mean),
            Variance = Host(variance),
            Cosine = Host(stack(cosine)),
            Projection = Host(stack(projection)),
            MlpProjection = output,
            ProjectionCheck = check,
        };
    }

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        foreach (var tensor in sums.Concat(squares).Concat(normed ?? []).Concat(outputs))
            tensor.Dispose();
        counted.Dispose();
        weights?.Dispose();
        pending?.Dispose();
    }

    private Tensor LookAtActivations(Tensor value, ForwardContext context)
    {
        using var scope = NewDisposeScope();
        if (context.Layer == 0)
            Weigh(value.shape[0], context.ActiveRows);
        var m = Rows(value); // [rows, n]
        sums[context.Layer].addmm_(weights!, m, 1, 1);
        if (normed is null)
        {
            squares[context.Layer].addmm_(weights!, m.mul_(m), 1, 1);
            return value;
        }

        squares[context.Layer].addmm_(weights!, m.square(), 1, 1);
        pending = m.DetachFromDisposeScope();
        return value;
    }

    private Tensor LookAtNorm(Tensor value, ForwardContext context)
    {
        using var scope = NewDisposeScope();
        var o = Rows(value); // [rows, d]
        var r = (o.mul_(o).mean([1]) + decoder.PostNormEpsilon).sqrt_(); // [rows]
        normed![context.Layer].addmm_(weights! / r.unsqueeze(0), pending!, 1, 1);
        pending!.Dispose();
        pending = null;
        return value;
    }

    private Tensor LookAtOutput(Tensor value, ForwardContext context)
    {
        using var o = Rows(value); // [rows, d]
        outputs[context.Layer].addmm_(weights!, o, 1, 1);
        return value;
    }

    /// <summary>What the rows of this pass count, for all of its layers.</summary>
    private void Weigh(long rows, Tensor? active)
    {
        weights?.Dispose();
        weights = given is not null
            ? given.to(ScalarType.Float64).reshape(1, -1)
            : active is null
            ? ones([1, rows * columns], ScalarType.Float64, decoder.Device)
            : active.to(ScalarType.Float64).repeat_interleave(columns).unsqueeze(0);
        weights.DetachFromDisposeScope();
        counted.add_(weights.sum());
    }

    /// <summary>The counted columns of [B, T, x] as [rows · columns, x] in float64.</summary>
    private Tensor Rows(Tensor value)
    {
        using var part = value.narrow(1, value.shape[1] - columns, columns);
        using var flat = part.reshape(-1, value.shape[2]);
        return flat.to(ScalarType.Float64, copy: true);
    }

    /// <summary>The invariant of science.md, section 5: Σ proj + bias·ŵ is the projection of <c>mlp_out</c>, to the rounding of one product of n terms.</summary>
    private void RequireEqual(int layer, double difference, double magnitude)
    {
        double rounding = (decoder.Precision is ScalarType.Float32 ? 1e-5 : 3e-2) * Math.Max(1, magnitude);
        if (!(difference <= rounding))
        {
            throw new InvalidOperationException(
                $"Layer {layer}: the neurons' projections and the bias miss the projection of the MLP's output by {difference:g3} "
                + $"(rounding allows {rounding:g3}), so the statistics cannot be trusted. Check the model's weights for values that are not finite.");
        }
    }

    private Tensor[] Zeros(int width) =>
    [
        .. Enumerable.Range(0, decoder.Configuration.Layers)
            .Select(_ => zeros([1, width], ScalarType.Float64, decoder.Device).DetachFromDisposeScope()),
    ];

    private static double[] Host(Tensor value) => value.cpu().contiguous().view(-1).data<double>().ToArray();
}
