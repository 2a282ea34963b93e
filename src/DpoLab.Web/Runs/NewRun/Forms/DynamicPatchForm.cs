using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>Dynamic patching of a base model from its tuned partner (science.md, section 6).</summary>
public sealed class DynamicPatchForm : RunForm
{
    private static readonly Preset[] FromPapers =
    [
        new("lab", "Lab’s default", "k by |Δproj|, four sizes", new Dictionary<string, string>()),
        new("safety", "Safety neurons", "by |Δact|, greedy, prompts patched too", new Dictionary<string, string>
        {
            ["measure"] = "activation",
            ["scope"] = "all",
        }),
        new("groups", "Four groups", "Yang et al.’s groups, each neuron live", new Dictionary<string, string>
        {
            ["groups"] = "tp, an, tn, ap",
        }),
    ];

    private static readonly FormSection[] Fields = [Inputs(), Patches(), MeasuredOn, Computing()];

    /// <inheritdoc/>
    public override string Key => "dynamic-patch";

    /// <inheritdoc/>
    public override string Title => "Dynamic patch";

    /// <inheritdoc/>
    public override string Summary => "neurons follow the tuned model, token by token";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => FromPapers;

    /// <inheritdoc/>
    protected override RunParameters Blank => new DynamicPatchParameters
    {
        Model = null!,
        Tuned = null!,
        Data = new EvaluationData { Prompts = null!, Scorer = null! },
    };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options) =>
        $"Dynamic patch, {Chosen(draft, options, "model")}".TrimEnd(' ', ',');

    private static FormSection Inputs() => new("", "", [
        Model("model", "Base model", "It writes the text; some of its neurons are patched."),
        Model("tuned", "Tuned model", "It reads the same text along; patched neurons take the value that they have in it. Both stay in memory."),
        Input("neurons", "Neuron statistics", InputRole.Neurons, "Of this pair: what “changed most”, groups and cosines are read from.") with { Optional = true },
        Choice(
            "half",
            "Prompts",
            "Tables report the report half; nothing is chosen on it. The split is seeded.",
            (PromptHalf.Report, "report half"),
            (PromptHalf.Selection, "selection half"),
            (PromptHalf.All, "all")),
    ]);

    private static FormSection Patches() => new("Patched", "one row for each set of neurons, base and tuned beside them", [
        new FormField { Key = "counts", Label = "k", Kind = FieldKind.Numbers, Help = "The k neurons that tuning changed most, a row for each k. At most as many as the model has." },
        MeasureOfChange("measure"),
        new FormField
        {
            Key = "groups", Label = "Groups", Kind = FieldKind.Choices, Choices = GroupChoices, Optional = true,
            Help = "One more row: the neurons of these groups whose projection DPO lowered.",
        },
        Choice(
            "scope",
            "Positions",
            "generated: the last prompt position and every generated one, so the prompt’s keys and values stay the base’s own. all: the prompt too. Perplexity patches every position.",
            (PositionScope.Generated, "generated"),
            (PositionScope.All, "all")),
        Number("temperature", "Temperature, top-p", "0 is greedy, as everywhere else. Above it one answer a prompt is drawn, seeded.", minor: true) with
        {
            Beside = Number("topP", "Top-p", ""),
        },
    ]);

    private static FormSection Computing() => new("Computed", "", [PrecisionField, SeedField, ProtocolField with { Minor = true }]);
}
