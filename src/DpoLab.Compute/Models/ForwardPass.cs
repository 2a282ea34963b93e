using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>
/// What all layers of one forward pass share: positions, rotation, masks, the cache. Made by <see cref="Decoder.Begin"/>; its tensors belong to the
/// dispose scope that was current then.
/// </summary>
public sealed class ForwardPass
{
    private readonly Dictionary<int, Tensor> masks = [];
    private readonly long length;
    private readonly ScalarType precision;
    private readonly Device device;

    internal ForwardPass(ForwardContext context, long length, ScalarType precision, Device device)
    {
        Context = context;
        this.length = length;
        this.precision = precision;
        this.device = device;
    }

    /// <summary>What hooks are told.</summary>
    public ForwardContext Context { get; }

    internal KeyValueCache? Cache { get; init; }

    /// <summary>Whether attention goes through the fused kernel: whole texts without soft caps, unless plain products are asked for.</summary>
    internal bool UsesFusedKernel { get; init; }

    /// <summary>cos of position · frequency, <c>[B or 1, 1, T, d/2]</c>; null with learned positions.</summary>
    internal Tensor? Cosine { get; init; }

    internal Tensor? Sine { get; init; }

    /// <summary>Whether plain causality says all: no padding, no earlier positions, no window that cuts.</summary>
    internal bool IsPlainlyCausal(int? window) => Context.AttentionMask is null && Context.Past == 0 && !Cuts(window);

    /// <summary>
    /// What is added to the scores, <c>[B or 1, 1, T, Past + T]</c>: 0 where a query may look, the smallest finite number elsewhere, so that a
    /// row that sees nothing attends evenly, as in transformers. Null when the one query sees everything.
    /// </summary>
    internal Tensor? Mask(int? window) => masks.GetValueOrDefault(Width(window));

    /// <summary>Builds the masks that the layers will ask for: one, or two where only some layers have a window.</summary>
    internal void BuildMasks(IEnumerable<int?> windows)
    {
        foreach (var window in windows)
        {
            var seesAll = length == 1 && Context.AttentionMask is null && !Cuts(window);
            if (!seesAll && !(UsesFusedKernel && IsPlainlyCausal(window)) && !masks.ContainsKey(Width(window)))
                masks[Width(window)] = BuildMask(Width(window));
        }
    }

    /// <summary>No window is a window that is never reached.</summary>
    private int Width(int? window) => Cuts(window) ? window!.Value : int.MaxValue;

    private bool Cuts(int? window) => window < Context.Past + length;

    private Tensor BuildMask(int width)
    {
        using var scope = NewDisposeScope();
        var total = Context.Past + length;
        var query = arange(Context.Past, total, ScalarType.Int64, device).unsqueeze(1); // [T, 1]
        var key = arange(0, total, ScalarType.Int64, device).unsqueeze(0); // [1, S]
        var visible = key <= query;
        if (width != int.MaxValue)
            visible = visible & (key > query - width);
        visible = visible.view(1, 1, length, total);
        if (Context.AttentionMask is { } real)
            visible = visible & (real != 0).view(-1, 1, 1, total);
        var smallest = precision == ScalarType.BFloat16 ? -3.3895313892515355e38 : float.MinValue;
        var mask = zeros(visible.shape, precision, device).masked_fill_(visible.logical_not(), smallest);
        return scope.MoveToOuter(mask);
    }
}
