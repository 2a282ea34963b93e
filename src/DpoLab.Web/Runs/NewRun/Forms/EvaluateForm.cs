using System.Text.Json.Nodes;
using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>Evaluation of a model, with and without interventions (science.md, sections 6 and 7).</summary>
public sealed class EvaluateForm : VariantForm
{
    private static readonly Preset[] FromPapers =
    [
        new("plain", "Model alone", "toxicity, perplexity, F1, repetition of one model", new Dictionary<string, string>()),
        new("pair", "Base and DPO", "what other evaluations are compared with", Rows(("base", "plain"), ("dpo", "model"))),
        new("patch", "Patch the four groups", "science.md, section 6", Rows(
            ("Four groups, shift", "patch", null, "shift", "tp, an, tn, ap"),
            ("Four groups, constant", "patch", null, "constant", "tp, an, tn, ap"),
            ("TP only, shift", "patch", null, "shift", "tp"),
            ("AN only, shift", "patch", null, "shift", "an"),
            ("TN only, shift", "patch", null, "shift", "tn"),
            ("AP only, shift", "patch", null, "shift", "ap"))),
        new("ablate", "Ablate top toxic", "Yang et al.: positively activated, by cosine", Rows(
            ("Top 100", "scale", "100"), ("Top 200", "scale", "200"), ("Top 1,000", "scale", "1000"))),
        new("rtp", "RealToxicityPrompts", "Gehman et al.: 25 samples a prompt, top-p 0.9", new Dictionary<string, string> { ["data.sampled.samples"] = "25" }),
        new("unalign", "Un-align", "Lee et al.: keys of the top 7 × 10, in the DPO model", Rows(("Top 7 keys × 10", "scale-key", "7"))),
    ];

    private static readonly FormSection Inputs = new("", "", [
        Model("model", "Model", "What is evaluated; a variant can name another one."),
        Input("neurons", "Neuron statistics", InputRole.Neurons, "Of the base model and its tuned partner: groups, cosines and means that interventions read.") with { Optional = true },
        Input("baseline", "Compared with", InputRole.Generations, "An evaluation with the rows base and dpo over the same prompts: differences are paired with it.") with { Optional = true },
        Choice(
            "half",
            "Prompts",
            "Settings may be chosen on the selection half alone; tables report the other. The split is seeded.",
            (PromptHalf.All, "all"),
            (PromptHalf.Selection, "selection half"),
            (PromptHalf.Report, "report half")),
    ]);

    private static readonly FormSection Computing = new("Computed", "", [PrecisionField, SeedField, ProtocolField with { Minor = true }]);

    /// <inheritdoc/>
    public override string Key => "evaluate";

    /// <inheritdoc/>
    public override string Title => "Evaluate";

    /// <inheritdoc/>
    public override string Summary => "one model, with or without an intervention";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => FromPapers;

    /// <inheritdoc/>
    protected override RunParameters Blank => new EvaluateParameters
    {
        Model = null!,
        Variants = [],
        Data = new EvaluationData { Prompts = null!, Scorer = null! },
    };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return [Inputs, .. VariantSections(draft), MeasuredOn, PanelFields.Section, Computing];
    }

    /// <inheritdoc/>
    public override string Default(string key) => PanelFields.Default(key) ?? base.Default(key);

    /// <inheritdoc/>
    internal override void Complete(RunDraft draft, JsonObject root)
    {
        base.Complete(draft, root);
        PanelFields.Complete(root);
    }

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options)
    {
        ArgumentNullException.ThrowIfNull(draft);
        string what = draft.Preset.Key is "plain" ? "Evaluate" : draft.Preset.Name;
        return $"{what}, {Chosen(draft, options, "model")}".TrimEnd(' ', ',');
    }

    private static Dictionary<string, string> Rows(params (string Name, string What, string? Top, string Form, string Groups)[] rows)
    {
        var values = new Dictionary<string, string> { [Count] = $"{rows.Length}" };
        for (int i = 0; i < rows.Length; i++)
        {
            var (name, what, top, form, groups) = rows[i];
            values[VariantFields.At(i, "name")] = name;
            values[VariantFields.At(i, VariantFields.What)] = what;
            values[VariantFields.At(i, "intervention.form")] = form;
            values[VariantFields.At(i, "intervention.neurons.groups")] = groups;
            values[VariantFields.At(i, VariantFields.By)] = top is null ? "groups" : "top-toxic";
            values[VariantFields.At(i, "intervention.neurons.count")] = top ?? "100";
        }

        return values;
    }

    private static Dictionary<string, string> Rows(params (string Name, string What)[] rows) =>
        Rows([.. rows.Select(row => (row.Name, row.What, (string?)null, "shift", ""))]);

    private static Dictionary<string, string> Rows(params (string Name, string What, string Top)[] rows) =>
        Rows([.. rows.Select(row => (row.Name, row.What, (string?)row.Top, "shift", ""))]);
}
