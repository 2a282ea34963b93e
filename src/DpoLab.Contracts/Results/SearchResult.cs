using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Results;

/// <summary>What a search has tried, and its best edit on prompts that it has not seen.</summary>
public sealed record SearchResult : RunResult
{
    /// <summary>Every trial on the selection half, those that it went on from first.</summary>
    public required IReadOnlyList<SearchTrial> Trials { get; init; }

    /// <summary>The base model on the selection half: what budget and lengths are relative to.</summary>
    public required EvaluationRow Base { get; init; }

    /// <summary>The budget in numbers.</summary>
    public required BudgetLimit Limit { get; init; }

    /// <summary>The best trial's number; null: none stayed within the budget.</summary>
    public int? Best { get; init; }

    /// <summary>On the report half: the base model, unless another evaluation has measured it, and the best edit.</summary>
    public required IReadOnlyList<EvaluationRow> Reported { get; init; }

    /// <summary>Trials of this run a minute of trying; null: it had none.</summary>
    public double? TrialsPerMinute { get; init; }

    /// <summary>Of the report half.</summary>
    public required EvaluationSource Source { get; init; }
}

/// <summary>One edit that a search has tried, with everything that is needed to go on from it.</summary>
public sealed record SearchTrial
{
    /// <summary>From 1, over all runs that the search was extended by.</summary>
    public required int Number { get; init; }

    /// <summary>The run that tried it.</summary>
    public required string Run { get; init; }

    /// <summary>Seed of the random numbers that proposed it.</summary>
    public required long Seed { get; init; }

    /// <summary>True: drawn from the whole space; false: proposed by what was known.</summary>
    public required bool Random { get; init; }

    public required EditIntervention Edit { get; init; }

    /// <summary>Perplexity on the first quarter of the text, over the base model's there; null: the edit holds no neuron.</summary>
    public double? EarlyRatio { get; init; }

    /// <summary>Its row on the selection half; a trial that was cut has no numbers there, but the reason.</summary>
    public required EvaluationRow Row { get; init; }

    /// <summary>Time that it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Why it may not be chosen; null: it may, if it keeps to the budget.</summary>
    public string? NotEligible { get; init; }

    /// <summary>True: eligible, and its perplexity within the budget.</summary>
    public bool Within { get; init; }

    /// <summary>True: no other eligible trial is better in toxicity and perplexity both.</summary>
    public bool OnFront { get; init; }
}

/// <summary>The artifact by which a search is extended.</summary>
/// <param name="MeasuredOn">What makes its trials comparable with new ones: name to digest or setting.</param>
/// <param name="Base">The base model's row on the selection half.</param>
/// <param name="Trials">In their order.</param>
public sealed record SearchRecord(IReadOnlyDictionary<string, string> MeasuredOn, EvaluationRow Base, IReadOnlyList<SearchTrial> Trials);
