using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Results;

/// <summary>The rows of an evaluation.</summary>
public sealed record EvaluateResult : RunResult
{
    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    public required EvaluationSource Source { get; init; }

    /// <summary>Whether several scorers agree; null: there was one.</summary>
    public ScorerPanel? Panel { get; init; }
}

/// <summary>The rows of a dynamic patch: base, tuned, and the patched base for each set of neurons.</summary>
public sealed record DynamicPatchResult : RunResult
{
    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    public required EvaluationSource Source { get; init; }
}

/// <summary>The rows of attacks: each subject as it is, then under every attack and budget.</summary>
public sealed record SurviveResult : RunResult
{
    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    public required EvaluationSource Source { get; init; }
}

/// <summary>The trials of a sweep, and the best of each form within each budget.</summary>
public sealed record SweepResult : RunResult
{
    /// <summary>Every trial, on the selection half.</summary>
    public required IReadOnlyList<SweepTrial> Trials { get; init; }

    /// <summary>The chosen ones, on the report half.</summary>
    public required IReadOnlyList<EvaluationRow> Chosen { get; init; }

    /// <summary>What each budget came to: name and perplexity.</summary>
    public required IReadOnlyList<BudgetLimit> Limits { get; init; }

    /// <summary>Form and budget for which no trial stayed within the limit.</summary>
    public required IReadOnlyList<string> NothingWithin { get; init; }

    public required EvaluationSource Source { get; init; }
}

/// <summary>A budget in numbers.</summary>
public sealed record BudgetLimit(string Name, double Perplexity);

/// <summary>One edit that was tried.</summary>
public sealed record SweepTrial
{
    public required InterventionForm Form { get; init; }

    public required double Alpha { get; init; }

    public required double Beta { get; init; }

    /// <summary>True: no other eligible trial of the sweep is better in toxicity and perplexity both.</summary>
    public bool OnFront { get; init; }

    /// <summary>Why it may not be chosen (continuations so short that they cannot be toxic, nothing scored); null: it may.</summary>
    public string? NotEligible { get; init; }

    public required EvaluationRow Row { get; init; }
}

/// <summary>What made the numbers of an evaluation: shown under every table and figure.</summary>
public sealed record EvaluationSource
{
    public required string Model { get; init; }

    public required string ModelDigest { get; init; }

    public required string PromptsDigest { get; init; }

    public string? TextDigest { get; init; }

    public string? ContinuationsDigest { get; init; }

    public required string Scorer { get; init; }

    public required string ScorerDigest { get; init; }

    public required int Prompts { get; init; }

    public required PromptHalf Half { get; init; }

    public required int Seed { get; init; }

    public required Protocol Protocol { get; init; }

    public required Precision Precision { get; init; }
}

/// <summary>What family a row belongs to: its sign and its place in the table.</summary>
public enum RowFamily
{
    Base,
    Dpo,
    Patch,
    DynamicPatch,
    Ablate,
    Edit,
    Steer,
    Prefix,
    Other,
}

/// <summary>One row of the paper's table.</summary>
public sealed record EvaluationRow
{
    public required string Variant { get; init; }

    public required RowFamily Family { get; init; }

    /// <summary>Neurons intervened on; null where none are chosen (plain models, steering).</summary>
    public int? Neurons { get; init; }

    /// <summary>Mean score of the continuations; null: nothing could be scored.</summary>
    public Estimate? Toxicity { get; init; }

    /// <summary>Toxicity minus that of the base, paired by prompt.</summary>
    public Estimate? DifferenceToBase { get; init; }

    /// <summary>Toxicity minus that of DPO, paired by prompt.</summary>
    public Estimate? DifferenceToDpo { get; init; }

    /// <summary>(base − this)/(base − DPO); null where DPO's effect is not known or not different from 0.</summary>
    public Estimate? ShareOfDpo { get; init; }

    public PerplexityResult? Perplexity { get; init; }

    /// <summary>The reference code's perplexity: intervened on at position 0 of each window only.</summary>
    public PerplexityResult? PublishedPerplexity { get; init; }

    public Estimate? F1 { get; init; }

    /// <summary>1 − distinct/all word 2-grams.</summary>
    public Estimate? Repetition { get; init; }

    /// <summary>Mean length of a continuation, tokens before the end of text.</summary>
    public double? MeanTokens { get; init; }

    /// <summary>Toxicity by the further scorers, in the order of the panel; empty without one. Null entries: that scorer scored nothing.</summary>
    public IReadOnlyList<Estimate?> PanelToxicity { get; init; } = [];

    /// <summary>By the RealToxicityPrompts protocol; null: not asked for, or nothing could be scored.</summary>
    public SampledToxicity? Sampled { get; init; }

    /// <summary>The same by the further scorers, in the order of the panel; empty without samples or panel. Null entries: that scorer scored nothing.</summary>
    public IReadOnlyList<SampledToxicity?> PanelSampled { get; init; } = [];

    public required Verdict Verdict { get; init; }

    /// <summary>What was done, as in the spec; null for plain rows.</summary>
    public Intervention? Intervention { get; init; }

    /// <summary>Sweep rows: which budget it is the best within.</summary>
    public string? Budget { get; init; }

    /// <summary>Rows of a search: why the trial was cut before its continuations were made; null: it was not.</summary>
    public string? Cut { get; init; }

    /// <summary>Rows of attacks: by what; null elsewhere, and where the subject is as it was.</summary>
    public AttackNote? Attack { get; init; }
}

/// <summary>What was done to the subject of a row (science.md, section 6, "Survive").</summary>
/// <param name="Subject">Name of the row that shows the subject as it was.</param>
/// <param name="Kind">By which attack.</param>
/// <param name="Budget">How much of it, in the unit of <see cref="AttackKind"/>.</param>
public sealed record AttackNote(string Subject, AttackKind Kind, double Budget)
{
    /// <summary>Toxicity minus that of the subject as it was, paired by prompt.</summary>
    public Estimate? Change { get; init; }

    /// <summary>
    /// (base − this)/(base − subject), paired: 1 where all that the subject gained over the base is left, 0 where nothing is. Null where the subject
    /// had gained nothing beyond chance, and for the base.
    /// </summary>
    public Estimate? GainKept { get; init; }
}

/// <summary>Perplexity over scored tokens.</summary>
/// <param name="Value">exp(nats).</param>
/// <param name="Nats">Mean negative log-likelihood a scored token.</param>
/// <param name="BitsPerByte">Summed bits over the text's UTF-8 bytes.</param>
/// <param name="ScoredTokens">Tokens that entered.</param>
/// <param name="Window">Tokens in a window.</param>
/// <param name="Stride">Tokens from window to window; null: windows do not overlap.</param>
public sealed record PerplexityResult(double Value, double Nats, double BitsPerByte, long ScoredTokens, int Window, int? Stride = null);

/// <summary>The figures of the RealToxicityPrompts protocol (Gehman et al. 2020).</summary>
public sealed record SampledToxicity
{
    /// <summary>Samples of each prompt.</summary>
    public required int Samples { get; init; }

    /// <summary>Mean over prompts of the greatest score of a prompt's samples.</summary>
    public required Estimate ExpectedMaximum { get; init; }

    /// <summary>Standard deviation of those maxima, of the population.</summary>
    public required double Deviation { get; init; }

    /// <summary>Share of prompts with at least one sample scored above 0.5.</summary>
    public required Estimate Probability { get; init; }

    /// <summary>Samples without a score.</summary>
    public required int MissingSamples { get; init; }
}

/// <summary>Whether an intervention did anything (science.md, section 6).</summary>
public enum VerdictKind
{
    /// <summary>Nothing intervened.</summary>
    Plain,

    /// <summary>It was applied and moved logits.</summary>
    Fired,

    /// <summary>It was applied and the largest logit change is below rounding.</summary>
    NoEffect,
}

/// <summary>The verdict beside every number that an intervention made.</summary>
/// <param name="Kind">The word.</param>
/// <param name="Applied">Times that it acted on a layer's tensor.</param>
/// <param name="Positions">Token positions acted on.</param>
/// <param name="LogitChange">Largest absolute change of a logit against the plain model on the same tokens.</param>
/// <param name="Rounding">The change that rounding alone could make: what is smaller counts as no effect.</param>
public sealed record Verdict(VerdictKind Kind, long Applied = 0, long Positions = 0, double LogitChange = 0, double Rounding = 0)
{
    /// <summary>The verdict of rows where nothing intervened.</summary>
    public static Verdict Plain { get; } = new(VerdictKind.Plain);
}

/// <summary>One generated text: a line of <c>generations.jsonl</c>.</summary>
public sealed record GenerationRecord
{
    public required string Variant { get; init; }

    /// <summary>Index of the prompt in its dataset, from 0.</summary>
    public required int Prompt { get; init; }

    public required string PromptText { get; init; }

    public required string Continuation { get; init; }

    /// <summary>Tokens before the end of text.</summary>
    public required int Tokens { get; init; }

    /// <summary>Toxicity, 0 to 1; null: could not be scored.</summary>
    public double? Score { get; init; }

    /// <summary>Why the score is missing.</summary>
    public string? Missing { get; init; }

    /// <summary>What the further scorers of a panel say, in its order; null entries: could not be scored, for the reason in <see cref="Missing"/> or because that scorer gave none.</summary>
    public IReadOnlyList<double?>? Panel { get; init; }

    /// <summary>Which of several samples of its prompt it is, from 0; null: the greedy continuation.</summary>
    public int? Sample { get; init; }

    /// <summary>Training step, for answers sampled during training.</summary>
    public long? Step { get; init; }
}
