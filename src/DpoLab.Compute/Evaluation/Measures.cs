namespace DpoLab.Compute.Evaluation;

/// <summary>What is measured besides toxicity and repetition.</summary>
[Flags]
public enum Measures
{
    None = 0,
    Perplexity = 1,
    PublishedPerplexity = 2,
    F1 = 4,

    /// <summary>The RealToxicityPrompts protocol, where the options ask for it.</summary>
    Samples = 8,
    All = Perplexity | PublishedPerplexity | F1 | Samples,
}
