using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Evaluation;

/// <summary>The share of DPO's effect that something else reproduces: (base − x)/(base − DPO), with a paired bootstrap interval.</summary>
public static class EffectShare
{
    /// <summary>
    /// The share over the prompts that all three scored. Null where DPO's own effect cannot be told from 0: its 95 % interval holds 0, and a ratio
    /// to it would say nothing.
    /// </summary>
    /// <param name="baseScores">Toxicity by prompt, base model; null: missing.</param>
    /// <param name="dpoScores">DPO model, same prompts in the same order.</param>
    /// <param name="scores">What is compared, same prompts in the same order.</param>
    /// <param name="resamples">Bootstrap resamples over prompts.</param>
    /// <param name="seed">Of the resamples.</param>
    public static Estimate? Of(
        IReadOnlyList<double?> baseScores, IReadOnlyList<double?> dpoScores, IReadOnlyList<double?> scores, int resamples, int seed)
    {
        ArgumentNullException.ThrowIfNull(baseScores);
        ArgumentNullException.ThrowIfNull(dpoScores);
        ArgumentNullException.ThrowIfNull(scores);
        int[] shared = [.. Enumerable.Range(0, scores.Count).Where(i => baseScores[i] is not null && dpoScores[i] is not null && scores[i] is not null)];
        if (shared.Length == 0)
            return null;
        double[] fall = Array.ConvertAll(shared, i => baseScores[i]!.Value - scores[i]!.Value);
        double[] fallOfDpo = Array.ConvertAll(shared, i => baseScores[i]!.Value - dpoScores[i]!.Value);

        var random = new Random(seed);
        var effects = new double[resamples];
        var shares = new double[resamples];
        for (int r = 0; r < resamples; r++)
        {
            double a = 0;
            double b = 0;
            for (int i = 0; i < shared.Length; i++)
            {
                int k = random.Next(shared.Length);
                a += fall[k];
                b += fallOfDpo[k];
            }

            effects[r] = b;
            shares[r] = a / b;
        }

        var (low, high) = Ends(effects);
        if (!(low > 0 || high < 0))
            return null;
        (low, high) = Ends(shares);
        return new Estimate(fall.Sum() / fallOfDpo.Sum(), low, high, shared.Length, scores.Count - shared.Length);
    }

    private static (double Low, double High) Ends(double[] values)
    {
        Array.Sort(values);
        return (Neurons.SampleStatistics.Quantile(values, 0.025), Neurons.SampleStatistics.Quantile(values, 0.975));
    }
}
