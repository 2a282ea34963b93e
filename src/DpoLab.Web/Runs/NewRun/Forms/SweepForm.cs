using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>A sweep of tuning-free edits (science.md, section 6).</summary>
public sealed class SweepForm : RunForm
{
    private static readonly Preset[] FromPapers =
    [
        new("lab", "Lab’s default", "three forms, α to 1, β to 0.5", new Dictionary<string, string>()),
        new("yang", "Yang et al.", "the settings that the paper prints", new Dictionary<string, string>
        {
            ["forms"] = "constant",
            ["alphas"] = "0.01, 0.05",
            ["betas"] = "0.5, 0.55, 0.6",
        }),
    ];

    private static readonly FormSection[] Fields = [Inputs(), Edits(), MeasuredOn, Computing()];

    /// <inheritdoc/>
    public override string Key => "sweep";

    /// <inheritdoc/>
    public override string Title => "Sweep of edits";

    /// <inheritdoc/>
    public override string Summary => "many edits, one loaded model";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => FromPapers;

    /// <inheritdoc/>
    protected override RunParameters Blank => new SweepParameters
    {
        Model = null!,
        Neurons = null!,
        Data = new EvaluationData { Prompts = null!, Scorer = null! },
    };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options) =>
        $"Edits α × β, {Chosen(draft, options, "model")}".TrimEnd(' ', ',');

    private static FormSection Inputs() => new("", "", [
        Model("model", "Model", "The base model. No tuned model is needed for an edit."),
        Input("neurons", "Neuron statistics", InputRole.Neurons, "Of this model: cosines and mean activations, which edits select by."),
        Input("baseline", "Compared with", InputRole.Generations, "An evaluation with the rows base and dpo: for differences and for DPO’s perplexity as a budget.") with { Optional = true },
    ]);

    private static FormSection Edits() => new("Edits", "TP and AN weakened by α, TN and AP strengthened by α", [
        new FormField { Key = "forms", Label = "Forms", Kind = FieldKind.Choices, Choices = FormChoices, Help = "How the new value is made. Constants wipe out what the text says; live and shift keep it." },
        new FormField { Key = "alphas", Label = "α", Kind = FieldKind.Numbers, Help = "Strength. The paper: 0.01 and 0.05. Every α is tried with every β, in each form." },
        new FormField { Key = "betas", Label = "β", Kind = FieldKind.Numbers, Help = "Fraction of each group that is edited. The paper: 0.5 to 0.6." },
        new FormField { Key = "groups", Label = "Groups", Kind = FieldKind.Choices, Choices = GroupChoices, Help = "Quadrants by the signs of cosine and base activation." },
        new FormField
        {
            Key = "budgets",
            Label = "Perplexity budgets",
            Kind = FieldKind.Budgets,
            Help = "The least toxic edit within each is reported on the other half: +1 % over the base model, or dpo for the tuned model’s own.",
        },
        Integer("selectionPrompts", "Selection prompts", "a trial", "Of the half that edits are chosen on. Empty: all of them.") with { Optional = true, Placeholder = "all" },
    ]);

    private static FormSection Computing() => new("Computed", "", [PrecisionField, SeedField, ProtocolField with { Minor = true }]);
}
