using DpoLab.Contracts.Results;

namespace DpoLab.Web.Tests.Lab;

/// <summary>Evaluation rows.</summary>
internal static class Rows
{
    public static EvaluationRow Of(string variant, double toxicity, RowFamily family = RowFamily.Other) => new()
    {
        Variant = variant,
        Family = family,
        Toxicity = Around(toxicity),
        Verdict = Verdict.Plain,
    };

    public static Estimate Around(double mean, double half = 0.02) => new(mean, mean - half, mean + half, 150);

    public static PerplexityResult Perplexity(double value) => new(value, Math.Log(value), 1, 1000, 128);
}
