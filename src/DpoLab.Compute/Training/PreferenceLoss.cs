using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Training;

/// <summary>What the loss of one pair reads: summed log-ratios ℓ_π − ℓ_ref and response lengths of its two sides.</summary>
/// <param name="Chosen">ℓ_π(y⁺) − ℓ_ref(y⁺), nats.</param>
/// <param name="Rejected">ℓ_π(y⁻) − ℓ_ref(y⁻), nats.</param>
/// <param name="ChosenTokens">Scored tokens of y⁺.</param>
/// <param name="RejectedTokens">Scored tokens of y⁻.</param>
internal readonly record struct LogRatios(double Chosen, double Rejected, int ChosenTokens, int RejectedTokens);

/// <summary>Loss of one pair and its slopes.</summary>
/// <param name="Value">The loss.</param>
/// <param name="ChosenSlope">∂loss/∂ℓ_π(y⁺).</param>
/// <param name="RejectedSlope">∂loss/∂ℓ_π(y⁻).</param>
internal readonly record struct PairLoss(double Value, double ChosenSlope, double RejectedSlope);

/// <summary>The four preference losses of science.md, section 4, as TRL defines them, with Δ = chosen − rejected log-ratio.</summary>
internal static class PreferenceLoss
{
    /// <summary>The loss of one pair and its slopes.</summary>
    public static PairLoss Of(DpoOptions options, LogRatios ratios)
    {
        double beta = options.Beta;
        double z = beta * (ratios.Chosen - ratios.Rejected);                     // βΔ
        return options.Loss switch
        {
            // −log σ(βΔ); slope −β σ(−βΔ)
            DpoLoss.Sigmoid => Symmetric(Softplus(-z), -beta * Sigmoid(-z)),

            // max(0, 1 − βΔ)
            DpoLoss.Hinge => Symmetric(Math.Max(0, 1 - z), z < 1 ? -beta : 0),
            DpoLoss.Robust => Robust(beta, z, options.LabelSmoothing),
            DpoLoss.Ipo => Ipo(beta, ratios),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Loss, "Unknown loss."),
        };
    }

    /// <summary>The loss where policy and reference are the same model.</summary>
    public static double AtReference(DpoOptions options) => Of(options, new LogRatios(0, 0, 1, 1)).Value;

    /// <summary>[−(1−ε) log σ(βΔ) + ε log σ(−βΔ)]/(1 − 2ε) (Chowdhury et al. 2024).</summary>
    private static PairLoss Robust(double beta, double z, double epsilon)
    {
        double value = ((1 - epsilon) * Softplus(-z)) - (epsilon * Softplus(z));
        double slope = (-(1 - epsilon) * Sigmoid(-z)) - (epsilon * Sigmoid(z));
        double scale = 1 - (2 * epsilon);
        return Symmetric(value / scale, beta * slope / scale);
    }

    /// <summary>(Δ̄ − 1/(2β))², each side's log-ratio divided by its number of tokens (Azar et al. 2023; TRL).</summary>
    private static PairLoss Ipo(double beta, LogRatios ratios)
    {
        double gap = (ratios.Chosen / ratios.ChosenTokens) - (ratios.Rejected / ratios.RejectedTokens) - (1 / (2 * beta));
        return new PairLoss(gap * gap, 2 * gap / ratios.ChosenTokens, -2 * gap / ratios.RejectedTokens);
    }

    private static PairLoss Symmetric(double value, double slope) => new(value, slope, -slope);

    private static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));

    /// <summary>log(1 + eᶻ) = −log σ(−z), without overflow.</summary>
    private static double Softplus(double z) => Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z)));
}
