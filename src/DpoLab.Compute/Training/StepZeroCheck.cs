using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>
/// Before the first step policy and reference are the same model, so the loss is known (ln 2, 1 or 1/(4β²)) and the divergence
/// is 0. Anything else means that the two were computed from different weights, masks or positions.
/// </summary>
internal static class StepZeroCheck
{
    /// <summary>Refuses a start that is not the reference.</summary>
    /// <exception cref="TrainingException">Loss or divergence differ from the known values by more than rounding.</exception>
    public static void Assert(DpoOptions options, PairMetrics start, ScalarType precision)
    {
        // Two passes over the same tokens in batches of other shapes differ by rounding alone: some 1e-5 nats a response in
        // float32, some 0.1 in bfloat16, times β (IPO: times 1/β).
        double tolerance = precision is ScalarType.Float32 or ScalarType.Float64 ? 1e-3 : 0.1;
        double expected = PreferenceLoss.AtReference(options);
        if (!(Math.Abs(start.PreferenceLoss - expected) <= tolerance * Math.Max(1, expected)))
        {
            throw new TrainingException(
                $"Before the first step the {options.Loss} loss must be {expected:g6}, as policy and reference are one model; it is {start.PreferenceLoss:g6}.");
        }

        if (start.Divergence is { } divergence && !(Math.Abs(divergence) <= tolerance))
        {
            throw new TrainingException(
                $"Before the first step the divergence from the reference must be 0; it is {divergence:g6} nats.");
        }
    }
}
