using DpoLab.Contracts.Results;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Runs;

/// <summary>An evaluation row as cells of CSV; missing is empty, never 0.</summary>
internal static class RowCsv
{
    public static readonly object[] Columns =
    [
        "family", "neurons", "toxicity", "toxicity_low", "toxicity_high", "n", "missing", "difference_to_base", "difference_to_base_low",
        "difference_to_base_high", "difference_to_dpo", "difference_to_dpo_low", "difference_to_dpo_high", "share_of_dpo", "share_of_dpo_low",
        "share_of_dpo_high", "perplexity", "nats_per_token", "bits_per_byte", "scored_tokens", "window", "stride", "published_perplexity", "f1", "repetition", "verdict", "applied", "positions", "logit_change", "budget",
        "samples", "expected_maximum", "expected_maximum_low", "expected_maximum_high", "expected_maximum_sd", "toxicity_probability",
        "toxicity_probability_low", "toxicity_probability_high", "missing_samples",
        "subject", "attack", "attack_budget", "change", "change_low", "change_high", "gain_kept", "gain_kept_low", "gain_kept_high",
    ];

    public static object?[] Cells(EvaluationRow row) =>
    [
        row.Family.ToString().ToLowerInvariant(), row.Neurons, row.Toxicity?.Mean, row.Toxicity?.Low, row.Toxicity?.High, row.Toxicity?.Count,
        row.Toxicity?.Missing, row.DifferenceToBase?.Mean, row.DifferenceToBase?.Low, row.DifferenceToBase?.High, row.DifferenceToDpo?.Mean,
        row.DifferenceToDpo?.Low, row.DifferenceToDpo?.High, row.ShareOfDpo?.Mean, row.ShareOfDpo?.Low, row.ShareOfDpo?.High,
        row.Perplexity?.Value, row.Perplexity?.Nats, row.Perplexity?.BitsPerByte, row.Perplexity?.ScoredTokens, row.Perplexity?.Window,
        row.Perplexity?.Stride, row.PublishedPerplexity?.Value, row.F1?.Mean, row.Repetition?.Mean, row.Verdict.Kind.ToString().ToLowerInvariant(),
        row.Verdict.Applied, row.Verdict.Positions, row.Verdict.LogitChange, row.Budget,
        row.Sampled?.Samples, row.Sampled?.ExpectedMaximum.Mean, row.Sampled?.ExpectedMaximum.Low, row.Sampled?.ExpectedMaximum.High,
        row.Sampled?.Deviation, row.Sampled?.Probability.Mean, row.Sampled?.Probability.Low, row.Sampled?.Probability.High, row.Sampled?.MissingSamples,
        row.Attack?.Subject, row.Attack is { } attack ? Words.Of(attack.Kind) : null, row.Attack?.Budget, row.Attack?.Change?.Mean, row.Attack?.Change?.Low,
        row.Attack?.Change?.High, row.Attack?.GainKept?.Mean, row.Attack?.GainKept?.Low, row.Attack?.GainKept?.High,
    ];
}
