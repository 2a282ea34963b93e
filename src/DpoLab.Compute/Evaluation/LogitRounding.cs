using static TorchSharp.torch;

namespace DpoLab.Compute.Evaluation;

/// <summary>The logit change that rounding alone could make: what is below it is no effect.</summary>
public static class LogitRounding
{
    /// <summary>
    /// fp32: 2⁻¹⁶ of the largest logit, what reordered sums of a few thousand terms differ by; bf16: 2⁻⁷, one unit in its last place.
    /// </summary>
    /// <param name="precision">Of weights and activations.</param>
    /// <param name="largestLogit">Largest absolute logit of the plain model.</param>
    public static double Bound(ScalarType precision, double largestLogit) =>
        Math.Max(1, largestLogit) * Math.Pow(2, precision is ScalarType.Float32 or ScalarType.Float64 ? -16 : -7);
}
