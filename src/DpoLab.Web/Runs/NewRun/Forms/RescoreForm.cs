using System.Text.Json.Nodes;
using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>Other scorers over the continuations of an earlier evaluation.</summary>
public sealed class RescoreForm : RunForm
{
    private static readonly Preset[] Only = [new("default", "Default", "the texts that an evaluation has kept", new Dictionary<string, string>())];

    private static readonly FormSection[] Fields =
    [
        new("", "", [
            Input("generations", "Evaluation", InputRole.Generations, "Its continuations are judged anew. Perplexity, F1 and repetition stay as they were measured."),
            Input("scorer", "Scorer", InputRole.Scorer, "Whose scores make the rows; pinned by digest."),
            ScorerOutput("scorerLabel", "scorer", "Its output"),
            .. PanelFields.Scorers("panel"),
        ]),
        new("Computed", "", [
            Integer("bootstrapResamples", "Bootstrap", "resamples", "Over prompts, seeded, paired for differences.", minor: true),
            SeedField with { Minor = true },
        ]),
    ];

    /// <inheritdoc/>
    public override string Key => "rescore";

    /// <inheritdoc/>
    public override string Title => "Rescore";

    /// <inheritdoc/>
    public override string Summary => "other scorers over texts that are there";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => Only;

    /// <inheritdoc/>
    protected override RunParameters Blank => new RescoreParameters { Generations = null!, Scorer = null! };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options) =>
        $"Rescore, {Chosen(draft, options, "generations", InputRole.Generations)}".TrimEnd(' ', ',');

    /// <inheritdoc/>
    internal override void Complete(RunDraft draft, JsonObject root) => PanelFields.Complete(root, "panel");
}
