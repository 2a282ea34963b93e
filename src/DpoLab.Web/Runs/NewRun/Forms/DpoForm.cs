using System.Globalization;
using System.Text.Json.Nodes;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>DPO training (science.md, section 4).</summary>
public sealed class DpoForm : RunForm
{
    private const string Weights = "weights";
    private const string Only = "only";
    private const string Except = "except";
    private const string MaskBy = "mask.by";
    private const string MaskNeurons = "mask.neurons";

    private static readonly Preset[] FromPapers =
    [
        new("lab", "Lab’s default", "β 0.1, γ 0, RMSprop, 150 steps of warm-up, patience 10", new Dictionary<string, string>()),
        new("lee-gpt2", "Lee et al., GPT-2", "arXiv 2401.01967 and its code", new Dictionary<string, string> { ["learningRate"] = "1e-6" }),
        Yang("yang-gpt2", "Yang et al., GPT-2"),
        Yang("yang-llama", "Yang et al., Llama 3.1"),
        Yang("yang-mistral", "Yang et al., Mistral"),
        Yang("yang-gemma", "Yang et al., Gemma 2"),
        new("demo", "Demo", "small enough for two cores, measured on the demo’s model", new Dictionary<string, string>
        {
            ["learningRate"] = "3e-6",
            ["steps"] = "200",
        }),
    ];

    private static readonly FormSection[] Fields = [Inputs(), Objective(), Trained(), Optimizer()];

    /// <inheritdoc/>
    public override string Key => "dpo";

    /// <inheritdoc/>
    public override string Title => "DPO";

    /// <inheritdoc/>
    public override string Summary => "train a model to prefer the chosen answer";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => FromPapers;

    /// <inheritdoc/>
    protected override RunParameters Blank => new DpoParameters { Model = null!, Pairs = null! };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string Default(string key) => key switch
    {
        Weights => "all",
        "lora.rank" => "8",
        "lora.alpha" => "16",
        MaskBy => "groups",
        _ when key.StartsWith(MaskNeurons, StringComparison.Ordinal) => NeuronFields.Defaults[key[(MaskNeurons.Length + 1)..]],
        _ => base.Default(key),
    };

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options) =>
        $"DPO, {Chosen(draft, options, "model")}".TrimEnd(' ', ',');

    /// <inheritdoc/>
    public override IEnumerable<DraftCaution> Cautions(RunDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        double preset = Read(draft.PresetText("learningRate"));
        foreach (string text in FieldText.Split(draft["learningRate"]))
        {
            double times = Read(text) / preset;
            string most = FieldText.Number(preset * 100);
            if (times > 100)
                yield return new DraftCaution("learningRate", $"{text} is {times:#,0} × the preset. Enter at most {most}, or tick “I know”.", Confirm: true);
            else if (times >= 10)
                yield return new DraftCaution("learningRate", $"{text} is {times:#,0} × the preset: watch the first hundred steps.", Confirm: false);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<DraftRefusal> Refusals(RunDraft draft, InputOptions options)
    {
        foreach (DraftRefusal refusal in base.Refusals(draft, options))
            yield return refusal;
        if (options.ReportOf(draft[ModelKey]) is not { Traits: { } traits } model)
            yield break;
        if (ModelRefusals.PublishedDpo(traits.NamesPadding) is { } padless)
            yield return new DraftRefusal("protocol", Kebab(Protocol.Published), padless);
        // a longer name is looked for by the run, which knows whole names
        foreach (string target in FieldText.Split(draft["lora.targets"]).Where(target => !target.Contains('.', StringComparison.Ordinal)))
        {
            if (ModelRefusals.LoraTarget(target, model.Family, traits.LinearLayers, traits.LinearLayers.Contains(target)) is { } unknown)
                yield return new DraftRefusal("lora.targets", null, unknown);
        }
    }

    /// <inheritdoc/>
    internal override void Complete(RunDraft draft, JsonObject root)
    {
        if (!IsMasked(draft))
            return;
        JsonPath.Set(root, "mask.mode", Kebab(draft[Weights] == Only ? NeuronMaskMode.TrainOnly : NeuronMaskMode.Freeze));
        JsonPath.Set(root, $"{MaskNeurons}.by", draft[MaskBy]);
    }

    /// <inheritdoc/>
    private protected override RunDraft Layout(RunDraft draft, JsonObject root)
    {
        string? mode = root["mask"]?["mode"]?.GetValue<string>();
        string weights = mode is null ? root["lora"] is null ? "all" : "lora" : mode == Kebab(NeuronMaskMode.TrainOnly) ? Only : Except;
        draft = draft.With(Weights, weights);
        return mode is null ? draft : draft.With(MaskBy, JsonPath.Get(root, $"{MaskNeurons}.by")!.GetValue<string>());
    }

    private static bool IsMasked(RunDraft draft) => draft[Weights] is Only or Except;

    private static double Read(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;

    private static Preset Yang(string key, string name) =>
        new(key, name, "arXiv 2411.06424 and its code: γ 0.06 there, 0.05 to 0.1 by model in the paper", new Dictionary<string, string>
        {
            ["learningRate"] = "1e-5",
            ["gamma"] = "0.06",
            ["patience"] = "30",
        });

    private static FormSection Inputs() => new("", "", [
        Model("model", "Model", "What is trained. Its copy before the first step is the reference."),
        Dataset("pairs", "Preference pairs", DatasetKind.Pairs, "Prompt, chosen and rejected answer. 24,576 in the papers."),
    ]);

    private static FormSection Objective() => new("Objective", "loss = −log σ(βΔ) + γ (KL chosen + KL rejected)", [
        Number("beta", "β", "How strongly the policy is held to the reference. Lee and Yang: 0.1.") with { Several = true },
        Number("gamma", "γ", "Weight of the KL term over response tokens. At 0 no second model stays in memory. Yang: 0.05 to 0.1.") with { Several = true },
        Choice(
            "loss",
            "Loss",
            "Or IPO, hinge, robust (label smoothing), as TRL names them.",
            (DpoLoss.Sigmoid, "DPO"),
            (DpoLoss.Ipo, "IPO"),
            (DpoLoss.Hinge, "hinge"),
            (DpoLoss.Robust, "robust")),
        Number("labelSmoothing", "Label smoothing ε", "Share of pairs taken to be labelled the wrong way round.") with { Shown = draft => draft["loss"] == "robust" },
    ]);

    private static FormSection Trained() => new("What is trained", "", [
        new FormField
        {
            Key = Weights,
            Label = "Weights",
            Kind = FieldKind.Layout,
            Help = "All weights, as the papers do; low-rank adapters, whose reference is the adapter switched off; or the input and output weights of some neurons, alone or spared.",
            Choices = [new("all", "all"), new("lora", "LoRA"), new(Only, "only these neurons"), new(Except, "all but these neurons")],
        },
        .. NeuronFields.Of(MaskNeurons, MaskBy, IsMasked),
        Input("neurons", "Neuron statistics", InputRole.Neurons, "Of this model and an earlier tuned one: groups and cosines that the selection reads.") with
        {
            Optional = true,
            Shown = draft => IsMasked(draft) && draft[MaskBy] != "list",
        },
        Integer("lora.rank", "Rank, α", "rank", "The update is scaled by α / rank.") with
        {
            Shown = draft => draft[Weights] == "lora",
            Beside = new FormField { Key = "lora.alpha", Label = "LoRA α", Kind = FieldKind.Number, Unit = "α", Help = "" },
        },
        new FormField
        {
            Key = "lora.targets",
            Label = "Targets",
            Kind = FieldKind.Words,
            Optional = true,
            Placeholder = "the family’s usual ones",
            Help = "Names of the linear layers that get an adapter.",
            Shown = draft => draft[Weights] == "lora",
        },
        PrecisionField,
        new FormField
        {
            Key = "recompute", Label = "Recompute", Kind = FieldKind.Switch, Minor = true,
            Help = "Keep each layer’s input alone and compute the rest again on the way back: much less memory, about a third more time, the same numbers.",
        },
    ]);

    private static FormSection Optimizer() => new("Optimizer", "RMSprop: α .99, ε 1e-8", [
        Choice("optimizer", "Optimizer", "The papers use RMSprop.", (DpoOptimizer.RmsProp, "RMSprop"), (DpoOptimizer.AdamW, "AdamW")),
        Number("learningRate", "Learning rate", "Linear warm-up, then by schedule. Lee: 1e-6, Yang: 1e-5.") with { Several = true },
        Integer("batchSize", "Batch, accumulation", "pairs", "Pairs in one forward pass, and batches averaged into one step. The papers: 4 and 1.") with
        {
            Beside = Integer("accumulation", "Accumulation", "batches", ""),
        },
        Integer("steps", "Steps", "at most", "Optimizer steps; patience can end the training earlier."),
        Integer("patience", "Patience", "validations", "Stops when the validation loss has not fallen for so long. Best and last are kept. 10 in the papers, 30 in Yang’s code."),
        .. Minor(),
    ]);

    private static FormField[] Minor() =>
    [
        Integer("warmupSteps", "Warm-up", "steps", "The learning rate rises linearly from 0. The papers: 150.", minor: true),
        Choice(
            "schedule",
            "Schedule",
            "After the warm-up. The papers: constant.",
            (LearningRateSchedule.Constant, "constant"),
            (LearningRateSchedule.Linear, "linear"),
            (LearningRateSchedule.Cosine, "cosine")) with { Minor = true },
        Number("weightDecay", "Weight decay", "The papers: 0.", minor: true),
        Number("clip", "Clip", "The gradient is scaled by min(1, clip / norm). The papers: 10.", minor: true),
        Integer("maxPromptTokens", "Prompt, response", "prompt", "Tokens at most of the prompt and of each answer. The papers: 64 and 64.", minor: true) with
        {
            Beside = Integer("maxResponseTokens", "Response tokens", "response", ""),
        },
        Integer("validationPairs", "Held out, every", "pairs", "Pairs of the seeded split that validate, each time so many training pairs were seen. The papers: 64, 100.", minor: true) with
        {
            Beside = Integer("validateEvery", "Validate every", "pairs", ""),
        },
        Integer("checkpointEvery", "Checkpoint every", "steps", "What a killed run goes on from.", minor: true),
        Integer("sampleAnswers", "Sample answers", "prompts", "Answered greedily by policy and reference at each validation, side by side.", minor: true),
        Input("scorer", "Scorer", InputRole.Scorer, "Scores the sampled answers, so that toxicity is seen to fall while training.") with { Optional = true, Minor = true },
        SeedField,
        ProtocolField with { Minor = true },
    ];
}
