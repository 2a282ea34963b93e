using static TorchSharp.torch;

namespace DpoLab.Compute.Directions;

/// <summary>A probe: its direction w = coefficients, and how it does on held-out texts.</summary>
/// <param name="Fit">Coefficients, intercept and how the minimum was reached.</param>
/// <param name="Report">On the held-out texts.</param>
/// <param name="Split">Which texts trained and which validated.</param>
public sealed record Probe(LogisticFit Fit, ClassifierReport Report, StratifiedSplit Split)
{
    /// <summary>Trains on a stratified seeded split and looks at the held-out part.</summary>
    /// <param name="features">[N, d].</param>
    /// <param name="labels">True = toxic, [N].</param>
    /// <param name="c">Inverse strength of the penalty.</param>
    /// <param name="validationShare">Share held out of each class.</param>
    /// <param name="seed">Of the split.</param>
    /// <param name="cancellation">Ends the fit between iterations.</param>
    public static Probe Train(
        Tensor features, IReadOnlyList<bool> labels, double c, double validationShare, int seed, CancellationToken cancellation = default) =>
        Train(features, labels, c, StratifiedSplit.Of(labels, validationShare, seed), cancellation);

    /// <summary>Trains on a given split.</summary>
    public static Probe Train(
        Tensor features, IReadOnlyList<bool> labels, double c, StratifiedSplit split, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        LogisticFit fit = LogisticRegression.Fit(Rows(features, split.Training), Labels(split.Training), c, cancellation);
        double[] decisions = LogisticRegression.Decide(fit, Rows(features, split.Validation));
        return new Probe(fit, ClassifierReport.Of(decisions, Labels(split.Validation)), split);

        bool[] Labels(int[] indices) => [.. indices.Select(i => labels[i])];
    }

    private static Tensor Rows(Tensor features, int[] indices) =>
        features.index_select(0, tensor(indices.Select(i => (long)i).ToArray(), ScalarType.Int64));
}
