using System.Text.Json.Nodes;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>A tuned, merged or edited model as an ordinary Hugging Face folder.</summary>
public sealed class ExportForm : RunForm
{
    private static readonly Preset[] FromPapers =
    [
        new("plain", "As it is", "a model that was tuned here, for any other engine", new Dictionary<string, string>()),
        new("edit", "Live edit", "Yang et al.: α .05, β .5, all four groups", new Dictionary<string, string> { [VariantFields.What] = "edit", ["intervention.form"] = "live" }),
        new("ablate", "Ablate top toxic", "the 200 most toxic-aligned neurons, positively activated", new Dictionary<string, string>
        {
            [VariantFields.What] = "scale",
            [VariantFields.By] = "top-toxic",
            ["intervention.neurons.count"] = "200",
        }),
        new("unalign", "Un-align", "Lee et al.: keys of the top 7 × 10", new Dictionary<string, string>
        {
            [VariantFields.What] = "scale-key",
            [VariantFields.By] = "top-toxic",
            ["intervention.factor"] = "10",
            ["intervention.neurons.count"] = "7",
            ["intervention.neurons.positiveOnly"] = "false",
        }),
    ];

    private static readonly FormSection[] Fields =
    [
        new("", "", [
            Model("model", "Model", "Tuned here, or any other. Its tokenizer and configuration go along."),
            Input("adapter", "LoRA adapter", InputRole.Adapter, "Of this base model, merged into its weights. The folders of a DPO run hold the merged model already.") with { Optional = true },
            Input("neurons", "Neuron statistics", InputRole.Neurons, "Of this model: what an intervention reads its neurons from.") with { Optional = true },
        ]),
        new("Written into the weights", "acts at every position", [.. VariantFields.Intervention("Edits, scaling and ablation multiply weights. What adds (a patch, a shift, steering) needs a bias on the MLP’s output: GPT-2 and GPT-NeoX alone.")]),
        new("Stored", "loaded again and compared before it counts as done", [
            Choice(
                "format",
                "Format",
                "kept: each tensor as in the model’s own folder.",
                (StoredFormat.Kept, "kept"),
                (StoredFormat.Fp32, "fp32"),
                (StoredFormat.Fp16, "fp16"),
                (StoredFormat.Bf16, "bf16")),
            Integer("shardMegabytes", "Largest file", "MB", "A larger model is written in shards with an index.", minor: true),
            PrecisionField with { Help = "Of the computation. bf16 halves the memory, and then bf16 must be stored.", Minor = true },
        ]),
    ];

    /// <inheritdoc/>
    public override string Key => "export";

    /// <inheritdoc/>
    public override string Title => "Export";

    /// <inheritdoc/>
    public override string Summary => "a tuned or edited model as a Hugging Face folder";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => FromPapers;

    /// <inheritdoc/>
    protected override RunParameters Blank => new ExportParameters { Model = null! };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options) => $"Export {Chosen(draft, options, "model")}".TrimEnd();

    /// <inheritdoc/>
    public override string Default(string key) => VariantFields.DefaultAlone(key) ?? base.Default(key);

    /// <inheritdoc/>
    public override IEnumerable<DraftRefusal> Refusals(RunDraft draft, InputOptions options)
    {
        foreach (DraftRefusal refusal in base.Refusals(draft, options))
            yield return refusal;
        yield return new DraftRefusal("intervention.unit", Kebab(SteeringUnit.StreamNorm), ModelRefusals.SteeringByNorm);
        if (options.ReportOf(draft[ModelKey]) is not { Traits: { } traits } model || ModelRefusals.Adding(traits.OutputBias, model.Family) is not { } biasless)
            yield break;
        foreach (string what in new[] { "patch", "steer" })
            yield return new DraftRefusal(VariantFields.What, what, biasless);
        foreach (InterventionForm form in new[] { InterventionForm.Constant, InterventionForm.Shift })
            yield return new DraftRefusal("intervention.form", Kebab(form), biasless);
    }

    /// <inheritdoc/>
    internal override void Complete(RunDraft draft, JsonObject root) => VariantFields.Complete(draft, root, VariantFields.Alone);

    /// <inheritdoc/>
    private protected override RunDraft Layout(RunDraft draft, JsonObject root) => VariantFields.Layout(draft, root, VariantFields.Alone);
}
