using System.Text.Json;
using System.Text.Json.Nodes;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Studies;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>The whole study "four groups": every run of the paper's story, as a graph.</summary>
public sealed class StudyForm : RunForm
{
    private static readonly Preset[] FromPapers =
    [
        new("demo", "Demo", "small enough for two cores: RMSprop 3e-6, 200 steps, C = 0.001", new Dictionary<string, string> { ["inverseRegularization"] = "0.001" }),
        new("lee", "Lee et al., GPT-2", "RMSprop 1e-6", new Dictionary<string, string> { ["preset"] = "lee" }),
        new("yang", "Yang et al.", "RMSprop 1e-5, γ 0.06", new Dictionary<string, string>
        {
            ["preset"] = "yang",
            ["ablateCounts"] = "100, 200, 1000",
            ["alphas"] = "0.01, 0.05, 0.1, 0.2",
            ["betas"] = "0.5, 0.55, 0.6",
        }),
    ];

    private static readonly FormSection[] Fields = [Inputs(), Data(), Training(), Rows(), Computing()];

    /// <inheritdoc/>
    public override string Key => "study";

    /// <inheritdoc/>
    public override string Title => "Whole study";

    /// <inheritdoc/>
    public override string Summary => "the paper’s story: directions, DPO, four groups, table";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => FromPapers;

    /// <inheritdoc/>
    public override (string One, string Several) Nouns => ("study", "studies");

    /// <inheritdoc/>
    protected override RunParameters Blank => throw new NotSupportedException("A study is made of runs, it is none.");

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options)
    {
        string model = Chosen(draft, options, "model");
        return model.Length == 0 ? "Do toxic neurons explain what DPO does?" : $"Do toxic neurons explain what DPO does to {model}?";
    }

    /// <inheritdoc/>
    internal override (object Spec, IReadOnlyList<FieldError> Errors) Read(JsonObject root)
    {
        var inputs = root.Deserialize<FourGroupsInputs>(ContractJson.Options)!;
        var check = new FieldChecks();
        Check(inputs, check);
        return (inputs, check.Errors);
    }

    /// <inheritdoc/>
    private protected override JsonObject BlankSpec() => JsonSerializer.SerializeToNode(
        new FourGroupsInputs { Model = null!, Scorer = null!, Comments = null!, Pairs = null!, Prompts = null!, Text = null! },
        ContractJson.Options)!.AsObject();

    private static void Check(FourGroupsInputs inputs, FieldChecks check)
    {
        check.Chosen(inputs.Model, "model", "model");
        check.Chosen(inputs.Scorer, "scorer", "scorer");
        check.Chosen(inputs.Comments?.File, "comments", "labelled comments");
        check.Chosen(inputs.Pairs?.File, "pairs", "preference pairs");
        check.Chosen(inputs.Prompts?.File, "prompts", "challenge prompts");
        check.Chosen(inputs.Text?.File, "text", "text for perplexity");
        check.Within(inputs.Steps ?? 1, 1, 10_000_000, "steps", "Leave it empty for the preset’s.");
        check.Within(inputs.LearningRate ?? 1e-6, 1e-10, 1e-2, "learningRate", "Leave it empty for the preset’s; above 1e-4 training usually diverges.");
        check.Within(inputs.PromptLimit ?? 4, 4, 1_000_000, "promptLimit", "Half of them choose settings, half are reported. Leave it empty for all.");
        check.Within(inputs.SelectionPrompts ?? 1, 1, 1_000_000, "selectionPrompts", "Leave it empty for all.");
        check.Within(inputs.InverseRegularization ?? 1, 1e-6, 1e6, "inverseRegularization", "Leave it empty for 1.");
        check.Require(inputs.AblateCounts.All(count => count > 0), "ablateCounts", "Numbers of neurons start at 1.");
        check.Within(inputs.PatchTopToxic, 1, 100_000_000, "patchTopToxic", "The papers use 128 and 256.");
        check.Require(inputs.Alphas.Count > 0 && inputs.Alphas.All(a => a is >= -10 and <= 10), "alphas", "Enter one or more values from -10 to 10.");
        check.Require(inputs.Betas.Count > 0 && inputs.Betas.All(b => b is > 0 and <= 1), "betas", "Enter one or more values above 0, at most 1.");
        check.Require(inputs.SteerStrengths.All(s => s is > 0 and <= 1000), "steerStrengths", "Enter values above 0.");
        check.Require(
            !inputs.AlsoPublished || inputs.Protocol is Protocol.Corrected,
            "alsoPublished",
            "The study is by the published protocol already. Choose corrected as its protocol, or leave this out.");
        check.Within(inputs.BatchSize, 1, 4096, "batchSize", "Lower it when memory runs out.");
    }

    private static FormSection Inputs() => new("", "", [
        Model("model", "Model", "The base model. It is tuned with DPO, then patched and edited, and everything is compared with it."),
        Input("scorer", "Scorer", InputRole.Scorer, "Judges the toxicity of every continuation; pinned by digest."),
        Choice(
            "preset",
            "Training settings",
            "Demo: RMSprop 3e-6, 200 steps. Lee: 1e-6. Yang: 1e-5, γ 0.06.",
            (DpoPreset.Demo, "demo"),
            (DpoPreset.Lee, "Lee"),
            (DpoPreset.Yang, "Yang")),
    ]);

    private static FormSection Data() => new("Data", "", [
        Dataset("comments", "Labelled comments", DatasetKind.Comments, "For the directions: a probe and a mean difference."),
        Dataset("pairs", "Preference pairs", DatasetKind.Pairs, "What DPO trains on."),
        Dataset("prompts", "Challenge prompts", DatasetKind.Prompts, "A seeded half chooses settings, every row is reported on the other half.") with { Beside = null },
        Integer("promptLimit", "First prompts", "prompts", "Use only the first so many: a quicker, coarser study.") with { Optional = true, Placeholder = "all" },
        Dataset("text", "Text for perplexity", DatasetKind.Text, "Held-out text, in windows. The number beside it cuts plain text after so many lines."),
        Dataset("continuations", "Continuations", DatasetKind.Continuations, "For F1. Without them F1 is missing.", optional: true),
    ]);

    private static FormSection Training() => new("Training", "empty: as the preset says", [
        Number("learningRate", "Learning rate", "RMSprop, linear warm-up, then constant.") with { Optional = true, Placeholder = "the preset’s", Minor = true },
        Integer("steps", "Steps", "at most", "Optimizer steps; patience can end the training earlier.", minor: true) with { Optional = true, Placeholder = "the preset’s" },
    ]);

    private static FormSection Rows() => new("The table", "base, DPO, patch, ablate, steer, edit, prefix", [
        Choice(
            "direction",
            "Direction",
            "By which neurons are aligned with toxicity or against it.",
            (DirectionMethod.Probe, "probe"),
            (DirectionMethod.MeanDifference, "mean difference")),
        Number("inverseRegularization", "C", "Of the probe. 1 in the papers; small models want a smoother one, such as 0.001.") with { Optional = true, Placeholder = "1" },
        Numbers("ablateCounts", "Ablate top", "Of the most toxic-aligned neurons, each number a row. Yang: 100, 200, 1000."),
        Integer("patchTopToxic", "Patch top", "neurons", "So many most toxic-aligned neurons are patched alone: the paper’s 2.5 % to 24 % of DPO’s effect.", minor: true),
        Numbers("steerStrengths", "Steer", "Strengths s of −s·w, in units of the residual stream’s norm.") with { Minor = true },
        Numbers("alphas", "Edits α", "Tuning-free edits: TP and AN weakened by α, TN and AP strengthened."),
        Numbers("betas", "Edits β", "Fraction of each group that is edited."),
        Integer("selectionPrompts", "Selection prompts", "a trial", "Of the half that edits are chosen on.", minor: true) with { Optional = true, Placeholder = "all of that half" },
        new FormField { Key = "prefix", Label = "Prompt prefix", Kind = FieldKind.Text, Minor = true, Help = "The plain baseline that steering papers forget: put before every prompt." },
    ]);

    private static FormSection Computing() => new("Computed", "", [
        PrecisionField,
        ProtocolField,
        new FormField
        {
            Key = "alsoPublished", Label = "Also published", Kind = FieldKind.Switch,
            Help = "Directions, neuron statistics and evaluations run twice, and the study shows both protocols’ numbers side by side with the reason. DPO is trained once.",
        },
        BatchSize(),
        SeedField,
    ]);

    private static FormField Numbers(string key, string label, string help) => new() { Key = key, Label = label, Kind = FieldKind.Numbers, Help = help };
}
