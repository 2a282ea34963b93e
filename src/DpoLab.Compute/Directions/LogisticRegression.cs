using static TorchSharp.torch;

namespace DpoLab.Compute.Directions;

/// <summary>A fitted linear classifier: a text is called toxic where coefficients · feature + intercept &gt; 0.</summary>
/// <param name="Coefficients">w, [d].</param>
/// <param name="Intercept">b.</param>
/// <param name="Iterations">Iterations of L-BFGS.</param>
/// <param name="GradientMax">Largest absolute entry of the objective's gradient at the end.</param>
/// <param name="Converged">False: the cap on iterations was hit before the gradient was small enough.</param>
public sealed record LogisticFit(double[] Coefficients, double Intercept, int Iterations, double GradientMax, bool Converged);

/// <summary>
/// L2-regularised logistic regression (science.md, section 3): the minimum over w, b of ½‖w‖² + C·Σ log-loss, with the
/// intercept unpenalised, as scikit-learn's <c>LogisticRegression</c>.
/// </summary>
public static class LogisticRegression
{
    /// <summary>The largest gradient entry at which the minimum counts as found.</summary>
    public const double GradientTolerance = 1e-8;

    /// <summary>The cap on iterations; ill-conditioned features need some thousands.</summary>
    public const int MaxIterations = 20_000;

    /// <summary>Fits on <paramref name="features"/> [N, d] and labels [N], in float64.</summary>
    /// <exception cref="ArgumentException">Only one class is present, or a feature is not finite.</exception>
    public static LogisticFit Fit(Tensor features, IReadOnlyList<bool> labels, double c, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor x = features.to(ScalarType.Float64);                              // [N, d]
        if (x.shape[0] != labels.Count)
            throw new ArgumentException($"{x.shape[0]} feature rows for {labels.Count} labels.", nameof(labels));
        if (labels.All(y => y) || !labels.Any(y => y))
            throw new ArgumentException("The probe needs toxic and non-toxic texts; all have the same label.", nameof(labels));
        if (!x.isfinite().all().item<bool>())
            throw new ArgumentException("A feature is not finite: the model's activations overflow on these texts.", nameof(features));

        double[] y = [.. labels.Select(toxic => toxic ? 1.0 : 0.0)];
        int width = checked((int)x.shape[1]);
        Tensor transposed = x.t();                                               // [d, N]
        Minimum minimum = Lbfgs.Minimise(
            (parameters, gradient) => Evaluate(x, transposed, y, c, parameters, gradient),
            new double[width + 1], GradientTolerance, MaxIterations, cancellation);
        return new LogisticFit(
            minimum.X[..width], minimum.X[width], minimum.Iterations, minimum.GradientMax, minimum.Converged);
    }

    /// <summary>coefficients · feature + intercept, [N].</summary>
    public static double[] Decide(LogisticFit fit, Tensor features)
    {
        using var scope = NewDisposeScope();
        Tensor w = tensor(fit.Coefficients, ScalarType.Float64);                 // [d]
        return [.. (features.to(ScalarType.Float64).mv(w) + fit.Intercept).data<double>()];
    }

    private static double Evaluate(
        Tensor x, Tensor transposed, double[] y, double c, ReadOnlySpan<double> parameters, Span<double> gradient)
    {
        using var scope = NewDisposeScope();
        ReadOnlySpan<double> w = parameters[..^1];
        double intercept = parameters[^1];
        double[] z = x.mv(tensor(w.ToArray(), ScalarType.Float64)).data<double>().ToArray();   // [N]
        double loss = 0, residualSum = 0;
        double[] residual = new double[z.Length];                                // σ(z) − y
        for (int i = 0; i < z.Length; i++)
        {
            double zi = z[i] + intercept;
            loss += Math.Max(zi, 0) - (y[i] * zi) + Math.Log(1 + Math.Exp(-Math.Abs(zi)));
            residual[i] = (1 / (1 + Math.Exp(-zi))) - y[i];
            residualSum += residual[i];
        }

        double[] slope = transposed.mv(tensor(residual, ScalarType.Float64)).data<double>().ToArray();   // [d]
        double penalty = 0;
        for (int j = 0; j < w.Length; j++)
        {
            gradient[j] = w[j] + (c * slope[j]);
            penalty += w[j] * w[j];
        }

        gradient[^1] = c * residualSum;
        return (penalty / 2) + (c * loss);
    }
}
