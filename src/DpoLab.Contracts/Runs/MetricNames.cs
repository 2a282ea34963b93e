namespace DpoLab.Contracts.Runs;

/// <summary>
/// Names of the curves, so that runs write what pages draw. Training curves are means over the pairs of a step; each has its partner over
/// the held-out pairs under <see cref="Validation"/>.
/// </summary>
public static class MetricNames
{
    /// <summary>Prefix of curves over the pairs of each optimizer step.</summary>
    public const string Train = "train/";

    /// <summary>Prefix of curves over all held-out pairs, at validations.</summary>
    public const string Validation = "validation/";

    /// <summary>Preference loss + γ·divergence: what is minimised.</summary>
    public const string Loss = "loss";

    /// <summary>The loss without its KL part.</summary>
    public const string PreferenceLoss = "loss/dpo";

    /// <summary>γ·(K⁺ + K⁻): the KL part of the loss.</summary>
    public const string DivergenceLoss = "loss/kl";

    /// <summary>K⁺ + K⁻, nats a response position.</summary>
    public const string Divergence = "kl";

    public const string ChosenReward = "rewards/chosen";

    public const string RejectedReward = "rewards/rejected";

    /// <summary>Chosen minus rejected reward.</summary>
    public const string Margin = "rewards/margin";

    /// <summary>Share of pairs whose chosen reward is the greater.</summary>
    public const string Accuracy = "accuracy";

    public const string ChosenLogProbability = "logps/chosen";

    public const string RejectedLogProbability = "logps/rejected";

    /// <summary>Before clipping; training only.</summary>
    public const string GradientNorm = "gradient-norm";

    public const string LearningRate = "learning-rate";

    public const string TokensPerSecond = "tokens-per-second";

    /// <summary>Mean toxicity of the policy's greedy answers at validations, with the ends of its 95 % interval.</summary>
    public const string AnswersToxicity = "answers/toxicity";

    public const string AnswersToxicityLow = "answers/toxicity/low";

    public const string AnswersToxicityHigh = "answers/toxicity/high";

    /// <summary>A search: the least toxicity within the budget so far, by trial.</summary>
    public const string SearchBest = "search/best";

    /// <summary>The probe: objective and largest entry of its gradient, by iteration.</summary>
    public const string ProbeObjective = "probe/objective";

    public const string ProbeGradient = "probe/gradient";
}
