using static TorchSharp.torch;

namespace DpoLab.Compute.Models;

/// <summary>A low-rank addition to a projection: y + scale · (x Aᵀ) Bᵀ (Hu et al. 2021).</summary>
/// <param name="Down">A: <c>[r, in]</c>.</param>
/// <param name="Up">B: <c>[out, r]</c>.</param>
/// <param name="Scale">α/r.</param>
public sealed record LowRankAdapter(Tensor Down, Tensor Up, double Scale);

/// <summary>A linear map of a layer.</summary>
/// <param name="weight">Stored <c>[out, in]</c>, or <c>[in, out]</c> when <paramref name="inputMajor"/>.</param>
/// <param name="bias"><c>[out]</c>, or null.</param>
/// <param name="inputMajor">Whether the weight is stored as GPT-2's Conv1D stores it.</param>
public sealed class Projection(Weight weight, Weight? bias = null, bool inputMajor = false)
{
    public Weight Weight { get; } = weight;

    public Weight? Bias { get; } = bias;

    /// <summary>Whether the weight is stored <c>[in, out]</c>.</summary>
    public bool InputMajor { get; } = inputMajor;

    /// <summary>The low-rank addition that is switched on, or null.</summary>
    public LowRankAdapter? Adapter { get; set; }

    /// <summary>Width of the input.</summary>
    public long In => Weight.Shape[InputMajor ? 0 : 1];

    /// <summary>Width of the output.</summary>
    public long Out => Weight.Shape[InputMajor ? 1 : 0];

    /// <summary>The weight as <c>[out, in]</c>: a view.</summary>
    public Tensor OutByIn => InputMajor ? Weight.Value.t() : Weight.Value;

    /// <summary>x W + b on the last dimension: <c>[…, in]</c> to <c>[…, out]</c>.</summary>
    public Tensor Apply(Tensor x)
    {
        var y = InputMajor ? InputMajorProduct(x) : nn.functional.linear(x, Weight.Value, Bias?.Value);
        if (Adapter is not { } adapter)
            return y;
        var low = nn.functional.linear(x, adapter.Down); // [..., r]
        return y + nn.functional.linear(low, adapter.Up) * adapter.Scale;
    }

    private Tensor InputMajorProduct(Tensor x)
    {
        var shape = x.shape;
        var rows = x.reshape(-1, In);
        var y = Bias is null ? rows.mm(Weight.Value) : Bias.Value.addmm(rows, Weight.Value);
        shape[^1] = Out;
        return y.view(shape);
    }
}
