using DpoLab.Contracts.Results;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Interventions;

/// <summary>Two continuations of one prompt.</summary>
/// <param name="Prompt">Its text.</param>
/// <param name="Before">Of the first row.</param>
/// <param name="After">Of the second row.</param>
public sealed record TextPair(string Prompt, GenerationRecord Before, GenerationRecord After)
{
    /// <summary>Score of the second minus that of the first; null: one is missing.</summary>
    public double? Difference => After.Score - Before.Score;
}

/// <summary>Reads the texts of rows, and pairs them by the prompt's text.</summary>
public sealed class TextPairs(RunQueries runs)
{
    private const int Most = 20_000;

    /// <summary>The greedy continuations of a row.</summary>
    public async Task<IReadOnlyList<GenerationRecord>> ReadAsync(string runId, string variant) =>
        (await runs.TextsAsync(runId, new TextFilter { Variant = variant, Take = Most })).Items;

    /// <summary>The prompts that both rows answered, in the first one's order.</summary>
    public static IReadOnlyList<TextPair> Of(IEnumerable<GenerationRecord> before, IEnumerable<GenerationRecord> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var byPrompt = after.DistinctBy(text => text.PromptText).ToDictionary(text => text.PromptText, StringComparer.Ordinal);
        return
        [
            .. before.DistinctBy(text => text.PromptText)
                .Where(text => byPrompt.ContainsKey(text.PromptText))
                .Select(text => new TextPair(text.PromptText, text, byPrompt[text.PromptText])),
        ];
    }

    /// <summary>The mean difference of their scores with its interval; null: no pair has both scores.</summary>
    public static Estimate? Difference(IEnumerable<TextPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return PairedBootstrap.Difference([.. pairs.Select(pair => (pair.Before.Score, pair.After.Score))]);
    }
}
