using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>Which prompts an evaluation reports on: the seeded halves keep selection and report apart.</summary>
public enum PromptHalf
{
    All,

    /// <summary>The half that settings may be chosen on.</summary>
    Selection,

    /// <summary>The half that every table reports.</summary>
    Report,
}

/// <summary>A further scorer of a panel.</summary>
/// <param name="Scorer">A sequence classifier's folder, or a word list.</param>
/// <param name="Label">Which of its outputs is toxicity; null: <c>toxicity</c> or <c>toxic</c> by name, or the only one.</param>
public sealed record PanelScorer(InputRef Scorer, string? Label = null)
{
    /// <summary>Refuses scorers that were not chosen, and a scorer that is there twice.</summary>
    internal static void Check(FieldChecks check, string field, InputRef? scorer, string? label, IReadOnlyList<PanelScorer> panel)
    {
        for (int i = 0; i < panel.Count; i++)
            check.Chosen(panel[i]?.Scorer, $"{field}[{i}].scorer", "scorer");
        check.Require(
            panel.Select(s => (s?.Scorer?.Location, s?.Label)).Prepend((scorer?.Location, label)).Distinct().Count() == panel.Count + 1,
            field,
            "A scorer is in the panel twice. Choose another one, or another of its outputs.");
    }
}

/// <summary>The RealToxicityPrompts protocol (Gehman et al. 2020): several sampled continuations of each prompt.</summary>
public sealed record SampledToxicityOptions
{
    /// <summary>Continuations of each prompt.</summary>
    public int Samples { get; init; } = 25;

    /// <summary>Draws from the smallest set of likeliest tokens whose probability together reaches this.</summary>
    public double TopP { get; init; } = 0.9;

    public double Temperature { get; init; } = 1;

    internal void Check(FieldChecks check)
    {
        check.Within(Samples, 1, 1000, "data.sampled.samples", "The protocol draws 25.");
        check.Within(TopP, 0.01, 1, "data.sampled.topP", "The protocol uses 0.9.");
        check.Within(Temperature, 0.01, 10, "data.sampled.temperature", "The protocol uses 1.");
    }
}

/// <summary>What an evaluation reads besides the model, shared by evaluations and sweeps.</summary>
public sealed record EvaluationData
{
    /// <summary>Challenge prompts, answered greedily and scored for toxicity.</summary>
    public required DatasetRef Prompts { get; init; }

    /// <summary>Prompts with gold continuations, for F1. Null: F1 is missing.</summary>
    public DatasetRef? Continuations { get; init; }

    /// <summary>Text for perplexity. Null: perplexity is missing.</summary>
    public DatasetRef? Text { get; init; }

    /// <summary>A sequence classifier's folder.</summary>
    public required InputRef Scorer { get; init; }

    /// <summary>Which output of the scorer is toxicity; null: <c>toxicity</c> or <c>toxic</c> by name, or the only one.</summary>
    public string? ScorerLabel { get; init; }

    /// <summary>Further scorers that judge the same continuations; every figure is by <see cref="Scorer"/>, and the panel says whether they agree.</summary>
    public IReadOnlyList<PanelScorer> Panel { get; init; } = [];

    /// <summary>Also by the RealToxicityPrompts protocol; null: by greedy continuations alone.</summary>
    public SampledToxicityOptions? Sampled { get; init; }

    public int MaxPromptTokens { get; init; } = 32;

    public int NewTokens { get; init; } = 20;

    /// <summary>Tokens in a perplexity window; null: 1024 or the model's length.</summary>
    public int? Window { get; init; }

    /// <summary>Tokens from the start of a perplexity window to that of the next; null: windows do not overlap.</summary>
    public int? Stride { get; init; }

    public int BatchSize { get; init; } = 64;

    public int BootstrapResamples { get; init; } = 10_000;

    /// <summary>Also measure perplexity as the reference code does, edited at position 0 of each window only.</summary>
    public bool PublishedPerplexity { get; init; } = true;

    /// <summary>Every file that it names.</summary>
    public IEnumerable<InputRef> Inputs() =>
        new[] { Prompts.File, Continuations?.File, Text?.File, Scorer }.Concat(Panel.Select(scorer => scorer.Scorer)).OfType<InputRef>();

    internal void Check(FieldChecks check)
    {
        check.Chosen(Prompts?.File, "data.prompts", "challenge prompts");
        check.Chosen(Scorer, "data.scorer", "scorer");
        check.Within(MaxPromptTokens, 1, 8192, "data.maxPromptTokens", "The papers cut at 32.");
        check.Within(NewTokens, 1, 4096, "data.newTokens", "The papers generate 20.");
        check.Within(Window ?? 1024, 2, 131_072, "data.window", "Leave it empty for 1024 or the model's length.");
        check.Within(Stride ?? 1, 1, Window ?? 131_072, "data.stride", "At most the window; leave it empty for windows that do not overlap.");
        PanelScorer.Check(check, "data.panel", Scorer, ScorerLabel, Panel);
        Sampled?.Check(check);
        check.Within(BatchSize, 1, 4096, "data.batchSize", "Lower it when memory runs out.");
        check.Within(BootstrapResamples, 100, 1_000_000, "data.bootstrapResamples", "10,000 is the lab's default.");
    }
}

/// <summary>One row of an evaluation: a model as it is, or with something done to it.</summary>
public sealed record EvaluationVariant
{
    /// <summary>Unique in the run; shown as the row's name.</summary>
    public required string Name { get; init; }

    /// <summary>Null: the run's model.</summary>
    public InputRef? Model { get; init; }

    /// <summary>Null: nothing intervenes.</summary>
    public Intervention? Intervention { get; init; }

    /// <summary>Text put before every prompt: the plain baseline. Not counted by the prompt's cut.</summary>
    public string? PromptPrefix { get; init; }

    /// <summary>Models and vectors that it reads besides the run's.</summary>
    public IEnumerable<InputRef> Inputs() => [.. new[] { Model }.OfType<InputRef>(), .. Intervention?.Inputs() ?? []];
}

/// <summary>Measures toxicity, perplexity, F1 and repetition of a model, with and without interventions.</summary>
public sealed record EvaluateParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Evaluate;

    public required InputRef Model { get; init; }

    public required IReadOnlyList<EvaluationVariant> Variants { get; init; }

    public required EvaluationData Data { get; init; }

    public PromptHalf Half { get; init; } = PromptHalf.All;

    /// <summary>Statistics that neuron selections and patches read (<see cref="Artifacts.Neurons"/>).</summary>
    public InputRef? Neurons { get; init; }

    /// <summary>
    /// Generations of an evaluation that holds the variants <see cref="EvaluationBaseline.Base"/> and <see cref="EvaluationBaseline.Dpo"/>
    /// over the same prompts: differences are paired with it. Null: rows are compared within this run, if it has those variants.
    /// </summary>
    public InputRef? Baseline { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() =>
    [
        Model, .. Data.Inputs(), .. new[] { Neurons, Baseline }.OfType<InputRef>(),
        .. Variants.SelectMany(v => v.Inputs()),
    ];

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Model, "model", "model");
        Data.Check(check);
        check.Require(Variants.Count > 0, "variants", "Nothing to evaluate. Add at least one variant.");
        VariantChecks.Check(check, Variants, Neurons);
    }
}

/// <summary>The names by which other evaluations find what they are compared with.</summary>
public static class EvaluationBaseline
{
    public const string Base = "base";
    public const string Dpo = "dpo";
}
