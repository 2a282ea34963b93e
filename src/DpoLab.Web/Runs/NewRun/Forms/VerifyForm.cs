using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>Verification of one model.</summary>
public sealed class VerifyForm : RunForm
{
    private static readonly Preset[] Only = [new("lab", "The lab’s", "by itself, or against exported values", new Dictionary<string, string>())];

    private static readonly FormSection[] Fields =
    [
        new("", "", [
            Model("model", "Model", "The decoder whose numbers are to be trusted."),
            Input("values", "Values of transformers", InputRole.File, "The folder that the export script (Models page, Verify) has written. Without it the model is checked by itself.") with
            {
                Optional = true,
                Placeholder = "none: check the model by itself",
            },
            PrecisionField,
        ]),
    ];

    /// <inheritdoc/>
    public override string Key => "verify";

    /// <inheritdoc/>
    public override string Title => "Verification";

    /// <inheritdoc/>
    public override string Summary => "a model against transformers, or against itself";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => Only;

    /// <inheritdoc/>
    protected override RunParameters Blank => new VerifyParameters { Model = null! };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options) => $"Verify {Chosen(draft, options, "model")}".TrimEnd();
}
