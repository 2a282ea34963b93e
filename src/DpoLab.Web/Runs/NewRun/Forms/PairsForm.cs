using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>Preference pairs (science.md, sections 2 and 4).</summary>
public sealed class PairsForm : RunForm
{
    private static readonly Preset[] FromPapers =
    [
        new("dataset", "From a file", "the papers’ 24,576 pairs come as a file", new Dictionary<string, string>()),
        new("model", "From the model itself", "greedy answer chosen, steered answer rejected", new Dictionary<string, string> { ["source"] = "model" }),
    ];

    private static readonly FormSection[] Fields = [Source(), Answers()];

    /// <inheritdoc/>
    public override string Key => "pairs";

    /// <inheritdoc/>
    public override string Title => "Preference pairs";

    /// <inheritdoc/>
    public override string Summary => "from a file, or from the model itself";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => FromPapers;

    /// <inheritdoc/>
    protected override RunParameters Blank => new PairsParameters();

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return FromModel(draft) ? $"Pairs, {Chosen(draft, options, "model")}".TrimEnd(' ', ',') : "Pairs from a file";
    }

    private static bool FromModel(RunDraft draft) => draft["source"] == "model";

    private static FormSection Source() => new("", "", [
        Choice(
            "source",
            "Source",
            "A file is checked record by record. The model can also make its own: its answer as chosen, its answer steered towards the direction as rejected.",
            (PairsSource.Dataset, "File"),
            (PairsSource.Model, "Model")),
        Dataset("pairs", "Preference pairs", DatasetKind.Pairs, "Prompt, chosen, rejected; the papers’ column names are recognised.") with { Shown = draft => !FromModel(draft) },
        Model("model", "Model", "Who answers.") with { Shown = FromModel },
        Dataset("prompts", "Prompts", DatasetKind.Prompts, "What is answered.") with { Shown = FromModel },
        Input("direction", "Direction", InputRole.Direction, "What rejected answers are steered towards.") with { Shown = FromModel },
        Input("scorer", "Scorer", InputRole.Scorer, "Who judges how far the two answers are apart.") with { Shown = FromModel },
    ]);

    private static FormSection Answers() => new("Answers", "", [
        .. new[]
        {
            Number("strength", "Strength s", "The last layer’s residual stream plus s·w. 20 to 100 in the papers.") with { Several = true },
            Number("leastGap", "Least gap", "A pair is kept if the rejected answer’s toxicity exceeds the chosen one’s by at least this."),
            Number("temperature", "Temperature, top-p", "0 is greedy.") with
            {
                Beside = new FormField { Key = "topP", Label = "Top-p", Kind = FieldKind.Number, Unit = "top-p", Help = "" },
            },
            PromptTokens("maxPromptTokens") with { Beside = Integer("newTokens", "New tokens", "new", "") },
            BatchSize(),
        }.Select(field => field with { Shown = FromModel }),
        PrecisionField with { Shown = FromModel },
        SeedField,
    ]);
}
