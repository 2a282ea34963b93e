using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;
using DpoLab.Web.Shell;

namespace DpoLab.Web.Studies.Paper;

/// <summary>What made a figure's numbers, as a sentence with whole digests: it goes into files that leave the lab.</summary>
internal static class PaperSources
{
    public static string Of(EvaluationSource source)
    {
        string half = source.Half is PromptHalf.All ? "" : $", {Words.Of(source.Half)} half";
        string text = source.TextDigest is { } digest ? $"; text for perplexity (SHA-256 {digest})" : "";
        return $"Model {source.Model} (SHA-256 {source.ModelDigest}); n = {Numbers.Count(source.Prompts)} prompts{half} (SHA-256 {source.PromptsDigest}){text}; "
            + $"scorer {source.Scorer} (SHA-256 {source.ScorerDigest}); seed {source.Seed}; {Words.Of(source.Protocol)} protocol, {Words.Of(source.Precision)}.";
    }

    /// <summary>What made the statistics.</summary>
    /// <param name="run">A run of neuron statistics.</param>
    /// <param name="result">Its result.</param>
    public static string Of(RunView run, NeuronsResult result)
    {
        var made = (NeuronsParameters)run.Spec.Parameters;
        InputRef? texts = made.Reading switch
        {
            NeuronReading.Text => made.Text?.File,
            NeuronReading.Continuations => made.Continuations?.File,
            _ => made.Prompts?.File,
        };
        return $"Models {Named(made.Base)} and {Named(made.Tuned)}; direction {Named(made.Direction)}; {(texts is null ? "" : $"texts {Named(texts)}; ")}"
            + $"n = {Numbers.Count(result.BaseTokens)} and {Numbers.Count(result.TunedTokens)} tokens of {Numbers.Count(result.Prompts)} prompts, read: {Words.Of(result.Reading)}; "
            + $"seed {made.Seed}; {Words.Of(made.Protocol)} protocol, {Words.Of(made.Precision)}.";

        string Named(InputRef input) => run.Digests.GetValueOrDefault(input.Name) is { } digest ? $"{input.Name} (SHA-256 {digest})" : input.Name;
    }
}
