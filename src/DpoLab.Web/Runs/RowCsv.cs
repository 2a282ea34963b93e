using DpoLab.Contracts.Results;

namespace DpoLab.Web.Runs;

/// <summary>An evaluation row as cells of CSV; missing is empty, never 0.</summary>
internal static class RowCsv
{
    public static readonly object[] Columns =
    [
        "family", "neurons", "toxicity", "toxicity_low", "toxicity_high", "n", "missing", "difference_to_base", "difference_to_base_low",
        "difference_to_base_high", "difference_to_dpo", "difference_to_dpo_low", "difference_to_dpo_high", "share_of_dpo", "share_of_dpo_low",
        "share_of_dpo_high", "perplexity", "published_perplexity", "f1", "repetition", "verdict", "applied", "positions", "logit_change", "budget",
    ];

    public static object?[] Cells(EvaluationRow row) =>
    [
        row.Family.ToString().ToLowerInvariant(), row.Neurons, row.Toxicity?.Mean, row.Toxicity?.Low, row.Toxicity?.High, row.Toxicity?.Count,
        row.Toxicity?.Missing, row.DifferenceToBase?.Mean, row.DifferenceToBase?.Low, row.DifferenceToBase?.High, row.DifferenceToDpo?.Mean,
        row.DifferenceToDpo?.Low, row.DifferenceToDpo?.High, row.ShareOfDpo?.Mean, row.ShareOfDpo?.Low, row.ShareOfDpo?.High,
        row.Perplexity?.Value, row.PublishedPerplexity?.Value, row.F1?.Mean, row.Repetition?.Mean, row.Verdict.Kind.ToString().ToLowerInvariant(),
        row.Verdict.Applied, row.Verdict.Positions, row.Verdict.LogitChange, row.Budget,
    ];
}
