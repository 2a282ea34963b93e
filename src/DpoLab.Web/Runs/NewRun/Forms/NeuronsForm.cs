using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>Statistics of a pair and the four groups (science.md, section 5).</summary>
public sealed class NeuronsForm : RunForm
{
    private static readonly Preset[] FromPapers =
    [
        new("papers", "Yang et al.", "prompts cut at 32 tokens, 20 new ones, greedy", new Dictionary<string, string>()),
        new("published", "Published code", "the notebooks’ positions and passes", new Dictionary<string, string> { ["protocol"] = "published" }),
    ];

    private static readonly FormSection[] Fields = [Inputs(), Computing()];

    /// <inheritdoc/>
    protected override string ModelKey => "base";

    /// <inheritdoc/>
    public override string Key => "neurons";

    /// <inheritdoc/>
    public override string Title => "Neuron statistics";

    /// <inheritdoc/>
    public override string Summary => "activations and projections of a pair, four groups";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => FromPapers;

    /// <inheritdoc/>
    protected override RunParameters Blank => new NeuronsParameters { Base = null!, Tuned = null!, Direction = null! };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options) =>
        $"Neurons, {Chosen(draft, options, "base")}".TrimEnd(' ', ',');

    private static FormSection Inputs() => new("", "", [
        Model("base", "Base model", "Activations before. The signs of cosine and activation are taken from it."),
        Model("tuned", "Tuned model", "Activations after: what DPO made of the base model."),
        Input("direction", "Direction", InputRole.Direction, "Toxicity: what a neuron’s value vector is projected on."),
        Choice(
            "reading",
            "Both read",
            "Their own answers, as the papers do; or one common text (teacher-forced), so that only the models differ and not what they said.",
            (NeuronReading.OwnAnswers, "each its own answers"),
            (NeuronReading.BaseAnswers, "the base model’s answers"),
            (NeuronReading.Continuations, "the prompts’ real continuations"),
            (NeuronReading.Text, "a text")),
        Dataset("prompts", "Prompts", DatasetKind.Prompts, "Answered greedily; each generated token counts at the position that predicts it.") with { Shown = draft => draft["reading"] is "own-answers" or "base-answers" },
        Dataset("continuations", "Continuations", DatasetKind.Continuations, "Prompts with the text that really followed; its tokens count.") with { Shown = draft => draft["reading"] == "continuations" },
        Dataset("text", "Text", DatasetKind.Text, "Cut into pieces of prompt and new tokens; the new ones count. The number beside it takes plain text’s first lines alone.") with { Shown = draft => draft["reading"] == "text" },
    ]);

    private static FormSection Computing() => new("Computed", "one pass, sums in float64", [
        PrecisionField,
        ProtocolField,
        PromptTokens("maxPromptTokens") with { Beside = Integer("newTokens", "New tokens", "new", "") },
        BatchSize(),
        SeedField,
    ]);
}
