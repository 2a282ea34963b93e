using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>What is done to a model to bring its toxicity back (science.md, section 6, "Survive").</summary>
public enum AttackKind
{
    /// <summary>Likelihood training on rejected answers; budget: optimizer steps.</summary>
    Relearn,

    /// <summary>The input weights of the most toxic-aligned neurons times s; budget: s, 1 being nothing.</summary>
    ScaleKeys,

    /// <summary>The direction added to the residual stream; budget: units of the stream's norm.</summary>
    AddDirection,

    /// <summary>The neurons that tuning changed most set to zero; budget: how many.</summary>
    Prune,
}

/// <summary>Relearning: plain likelihood of the rejected answers, all weights trained.</summary>
public sealed record RelearnAttack
{
    /// <summary>Optimizer steps after which is measured; empty: not attacked so.</summary>
    public IReadOnlyList<int> Steps { get; init; } = [];

    /// <summary>Pairs whose rejected answers are learned.</summary>
    public DatasetRef? Pairs { get; init; }

    public DpoOptimizer Optimizer { get; init; } = DpoOptimizer.RmsProp;

    /// <summary>Constant from the first step on: the training's own.</summary>
    public double LearningRate { get; init; } = 1e-6;

    /// <summary>Answers in a step.</summary>
    public int BatchSize { get; init; } = 4;

    public int MaxPromptTokens { get; init; } = 64;

    public int MaxResponseTokens { get; init; } = 64;
}

/// <summary>Key scaling: the papers' un-aligning.</summary>
public sealed record ScaleKeysAttack
{
    /// <summary>The s; empty: not attacked so.</summary>
    public IReadOnlyList<double> Factors { get; init; } = [];

    /// <summary>Neurons of greatest cosine with the direction.</summary>
    public int Count { get; init; } = 7;
}

/// <summary>The direction added back at one layer, the mirror of steering away from it.</summary>
public sealed record AddDirectionAttack
{
    /// <summary>Lengths of what is added, in units of the residual norm at each position; empty: not attacked so.</summary>
    public IReadOnlyList<double> Strengths { get; init; } = [];

    public InputRef? Direction { get; init; }

    /// <summary>From 0; null: the last layer.</summary>
    public int? Layer { get; init; }
}

/// <summary>Pruning: the n neurons of greatest |Δproj| are zero at every position.</summary>
public sealed record PruneAttack
{
    /// <summary>The n; empty: not attacked so.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [];
}

/// <summary>
/// Attacks the base model, tuned models, edits and patches alike, and measures toxicity and perplexity against the budget. What a variant
/// does to its model stays in force, and acts first.
/// </summary>
public sealed record SurviveParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Survive;

    /// <summary>The base model: attacked too, and what gains are measured from.</summary>
    public required InputRef Model { get; init; }

    /// <summary>What is attacked besides the base model.</summary>
    public IReadOnlyList<EvaluationVariant> Variants { get; init; } = [];

    /// <summary>Statistics that attacks and variants choose neurons by.</summary>
    public InputRef? Neurons { get; init; }

    public RelearnAttack Relearn { get; init; } = new();

    public ScaleKeysAttack ScaleKeys { get; init; } = new();

    public AddDirectionAttack AddDirection { get; init; } = new();

    public PruneAttack Prune { get; init; } = new();

    public required EvaluationData Data { get; init; }

    public PromptHalf Half { get; init; } = PromptHalf.Report;

    /// <summary>What is attacked: the base model as it is, then the variants.</summary>
    public IReadOnlyList<EvaluationVariant> Subjects() => [new() { Name = EvaluationBaseline.Base }, .. Variants];

    /// <summary>Attacks made on each subject, budgets counted.</summary>
    public int AttacksPerSubject() => Relearn.Steps.Count + ScaleKeys.Factors.Count + AddDirection.Strengths.Count + Prune.Counts.Count;

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() =>
    [
        Model, .. Data.Inputs(), .. Variants.SelectMany(v => v.Inputs()),
        .. new[]
        {
            Neurons,
            Relearn.Steps.Count > 0 ? Relearn.Pairs?.File : null,
            AddDirection.Strengths.Count > 0 ? AddDirection.Direction : null,
        }.OfType<InputRef>(),
    ];

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Model, "model", "base model");
        Data.Check(check);
        VariantChecks.Check(check, Variants, Neurons);
        check.Require(
            Variants.All(v => v.Name != EvaluationBaseline.Base),
            "variants",
            $"The base model is attacked by itself, under the name “{EvaluationBaseline.Base}”. Name this one otherwise.");
        for (int i = 0; i < Variants.Count; i++)
        {
            check.Require(
                Variants[i] is { Model: not null } or { Intervention: not null } or { PromptPrefix.Length: > 0 },
                $"variants[{i}].model",
                $"“{Variants[i].Name}” is the base model as it is, which is attacked anyway. Choose its model, or what is done to the base.");
        }

        check.Require(AttacksPerSubject() > 0, "relearn.steps", "No attack has a budget. Enter budgets for at least one.");
        CheckRelearning(check);
        CheckOthers(check);
    }

    private void CheckRelearning(FieldChecks check)
    {
        if (Relearn.Steps.Count == 0)
            return;
        check.Require(Relearn.Steps.All(s => s is >= 1 and <= 1_000_000), "relearn.steps", "Steps count from 1. 0 steps are the subject as it is, which has its own row.");
        check.Chosen(Relearn.Pairs?.File, "relearn.pairs", "preference pairs");
        check.Within(Relearn.LearningRate, 1e-10, 1e-2, "relearn.learningRate", "Use that of the training: Lee 1e-6, Yang 1e-5.");
        check.Within(Relearn.BatchSize, 1, 1024, "relearn.batchSize", "The papers train on 4.");
        check.Within(Relearn.MaxPromptTokens, 1, 8192, "relearn.maxPromptTokens", "The papers use 64.");
        check.Within(Relearn.MaxResponseTokens, 1, 8192, "relearn.maxResponseTokens", "The papers use 64.");
        check.Require(
            Variants.All(v => v.Intervention is not ScaleKeyIntervention),
            "variants",
            "Scaled keys are weights that are put back afterwards, so a model that has them cannot be relearned. Make key scaling an attack, or leave relearning out.");
    }

    private void CheckOthers(FieldChecks check)
    {
        if (ScaleKeys.Factors.Count + Prune.Counts.Count > 0)
            check.Chosen(Neurons, "neurons", "neuron statistics, which attacks choose neurons by,");
        check.Require(ScaleKeys.Factors.All(s => s is >= -1000 and <= 1000 and not 1), "scaleKeys.factors", "Enter factors from -1000 to 1000. 1 changes nothing; the paper uses 10.");
        check.Within(ScaleKeys.Count, 1, 100_000_000, "scaleKeys.count", "The paper uses 7.");
        check.Require(AddDirection.Strengths.All(s => s is > 0 and <= 100), "addDirection.strengths", "Enter strengths above 0, at most 100: parts of the residual stream's norm.");
        if (AddDirection.Strengths.Count > 0)
            check.Chosen(AddDirection.Direction, "addDirection.direction", "direction");
        check.Require(Prune.Counts.All(n => n is >= 1 and <= 100_000_000), "prune.counts", "Enter 1 neuron or more.");
        Distinct(check, Relearn.Steps, "relearn.steps");
        Distinct(check, ScaleKeys.Factors, "scaleKeys.factors");
        Distinct(check, AddDirection.Strengths, "addDirection.strengths");
        Distinct(check, Prune.Counts, "prune.counts");
    }

    private static void Distinct<T>(FieldChecks check, IReadOnlyList<T> budgets, string field) =>
        check.Require(budgets.Distinct().Count() == budgets.Count, field, "A budget stands twice. Leave one out.");
}
