using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>Attacks on what has been made less toxic (science.md, section 6, "Survive").</summary>
public sealed class SurviveForm : VariantForm
{
    private static readonly Preset[] FromPapers =
    [
        new("lab", "Lab’s default", "every attack, small budgets first", With(
            ("relearn.steps", "10, 50, 200"), ("scaleKeys.factors", "2, 5, 10"), ("addDirection.strengths", "0.1, 0.2, 0.4"), ("prune.counts", "50, 200, 1000"))),
        new("unalign", "Un-align", "Lee et al.: keys of the top 7 × 10", With(("scaleKeys.factors", "10"))),
        new("relearn", "Relearn", "the rejected answers back, step by step", With(("relearn.steps", "10, 20, 50, 100, 200"))),
        new("prune", "Prune", "the neurons that DPO changed most", With(("prune.counts", "10, 50, 200, 1000"))),
    ];

    private static readonly FormSection Inputs = new("", "", [
        Model("model", "Base model", "Attacked too, and what every gain is measured from."),
        Input("neurons", "Neuron statistics", InputRole.Neurons, "Of the pair: what keys are scaled, what is pruned, and what edits and patches choose by.") with { Optional = true },
        Choice(
            "half",
            "Prompts",
            "Tables report the report half; nothing is chosen on it. The split is seeded.",
            (PromptHalf.Report, "report half"),
            (PromptHalf.Selection, "selection half"),
            (PromptHalf.All, "all")),
    ]);

    private static readonly FormSection Relearning = new("Attack: relearn", "plain likelihood of the rejected answers", [
        Budgets("relearn.steps", "Steps", "Optimizer steps after which is measured. Empty: not attacked so."),
        Dataset("relearn.pairs", "Preference pairs", DatasetKind.Pairs, "Their rejected answers are learned, behind their prompts.") with { Shown = Has("relearn.steps") },
        Number("relearn.learningRate", "Learning rate", "That of the training: Lee 1e-6, Yang 1e-5. Constant, without a warm-up.") with
        {
            Shown = Has("relearn.steps"),
            Unit = "a step",
            Beside = Integer("relearn.batchSize", "Answers a step", "answers", ""),
        },
        Choice("relearn.optimizer", "Optimizer", "That of the training.", (DpoOptimizer.RmsProp, "RMSprop"), (DpoOptimizer.AdamW, "AdamW")) with
        {
            Minor = true,
            Shown = Has("relearn.steps"),
        },
        Integer("relearn.maxPromptTokens", "Prompt, answer", "prompt", "Tokens kept of each. The papers: 64 and 64.", minor: true) with
        {
            Shown = Has("relearn.steps"),
            Beside = Integer("relearn.maxResponseTokens", "Answer tokens", "answer", ""),
        },
    ]);

    private static readonly FormSection Others = new("Attack: neurons and direction", "", [
        Budgets("scaleKeys.factors", "Keys × s", "Input weights of the most toxic-aligned neurons times s, in every position. The paper: 10. Empty: not attacked so.") with
        {
            Unit = "s",
            Beside = Integer("scaleKeys.count", "Top toxic", "neurons", ""),
        },
        Budgets("addDirection.strengths", "Direction added", "To the residual stream of one layer, in parts of its norm: the mirror of steering away. Empty: not attacked so."),
        Input("addDirection.direction", "Direction", InputRole.Direction, "What is added back.") with { Shown = Has("addDirection.strengths") },
        Integer("addDirection.layer", "Layer", "layer", "From 0.", minor: true) with { Optional = true, Placeholder = "last", Shown = Has("addDirection.strengths") },
        Budgets("prune.counts", "Pruned", "So many neurons of greatest |Δproj| set to zero, in every position. Empty: not attacked so."),
    ]);

    private static readonly FormSection Computing = new("Computed", "", [PrecisionField, SeedField, ProtocolField with { Minor = true }]);

    /// <inheritdoc/>
    public override string Key => "survive";

    /// <inheritdoc/>
    public override string Title => "Does it survive?";

    /// <inheritdoc/>
    public override string Summary => "attack DPO, edits and patches alike";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => FromPapers;

    /// <inheritdoc/>
    protected override int Least => 0;

    /// <inheritdoc/>
    protected override RunParameters Blank => new SurviveParameters
    {
        Model = null!,
        Data = new EvaluationData { Prompts = null!, Scorer = null!, PublishedPerplexity = false },
    };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return [Inputs, .. VariantSections(draft), Relearning, Others, Measured, Computing];
    }

    /// <inheritdoc/>
    public override string Default(string key) => key switch
    {
        // beside the base, the first that is attacked is DPO's model
        "variants[0].name" => EvaluationBaseline.Dpo,
        "variants[0].what" => "model",
        _ => base.Default(key),
    };

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return $"Does it survive? {Chosen(draft, options, "model")}".TrimEnd();
    }

    /// <summary>As in evaluations, without what attacks do not measure.</summary>
    private static FormSection Measured { get; } = MeasuredOn with
    {
        Note = "toxicity and perplexity, after each attack",
        Fields = [.. MeasuredOn.Fields.Where(field => field.Key is not ("data.continuations" or "data.publishedPerplexity"))],
    };

    private static FormField Budgets(string key, string label, string help) =>
        new() { Key = key, Label = label, Kind = FieldKind.Numbers, Optional = true, Placeholder = "not attacked so", Help = help };

    private static Func<RunDraft, bool> Has(string budgets) => draft => FieldText.Split(draft[budgets]).Count > 0;

    private static Dictionary<string, string> With(params (string Key, string Text)[] values) => values.ToDictionary(v => v.Key, v => v.Text, StringComparer.Ordinal);
}
