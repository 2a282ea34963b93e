using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Web.Tests.Lab;

/// <summary>Evaluation rows, and what made them.</summary>
internal static class Rows
{
    public static EvaluationRow Of(string variant, double toxicity, RowFamily family = RowFamily.Other) => new()
    {
        Variant = variant,
        Family = family,
        Toxicity = Around(toxicity),
        Verdict = Verdict.Plain,
    };

    /// <summary>What made some rows: the report half of 150 prompts.</summary>
    public static EvaluationSource Source { get; } = new()
    {
        Model = "small",
        ModelDigest = "aa",
        PromptsDigest = "bb",
        Scorer = "scorer",
        ScorerDigest = "cc",
        Prompts = 150,
        Half = PromptHalf.Report,
        Seed = 0,
        Protocol = Protocol.Corrected,
        Precision = Precision.Fp32,
    };

    public static Estimate Around(double mean, double half = 0.02) => new(mean, mean - half, mean + half, 150);

    public static PerplexityResult Perplexity(double value) => new(value, Math.Log(value), 1, 1000, 128);
}
