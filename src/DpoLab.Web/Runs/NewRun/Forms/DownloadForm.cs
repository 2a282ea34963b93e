using DpoLab.Contracts.Runs;
using DpoLab.Web.Datasets;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>A model, scorer or dataset of the Hugging Face hub.</summary>
public sealed class DownloadForm : RunForm
{
    private static readonly Preset[] Sources = [new("hub", "Hugging Face hub", "or where HF_ENDPOINT of the compute host points", new Dictionary<string, string>())];

    private static readonly FormSection[] Fields =
    [
        new("", "", [
            new FormField { Key = "repository", Label = "Id", Kind = FieldKind.Text, Placeholder = "owner/name", Help = "As on the repository’s page, such as openai-community/gpt2-medium." },
            new FormField { Key = "revision", Label = "Revision", Kind = FieldKind.Text, Help = "A branch, tag or commit. What it is now is pinned." },
            new FormField
            {
                Key = "dataset", Label = "What", Kind = FieldKind.Choice, Optional = true, Help = "A dataset is one file, read to its end as this kind.",
                Choices = [new("", "a model or scorer"), .. Enum.GetValues<DatasetKind>().Select(kind => new FieldChoice(Kebab(kind), $"dataset: {DatasetWords.Title(kind)}"))],
            },
            new FormField
            {
                Key = "file", Label = "File", Kind = FieldKind.Text, Optional = true, Placeholder = "the only one", Shown = draft => draft["dataset"].Length > 0,
                Help = "Its path in the repository, where there are several.",
            },
            new FormField { Key = "listedAs", Label = "Name in the list", Kind = FieldKind.Text, Optional = true, Placeholder = "the repository’s", Help = "Under Models or Datasets, once it is there." },
        ]),
    ];

    /// <inheritdoc/>
    public override string Key => "download";

    /// <inheritdoc/>
    public override string Title => "Download";

    /// <inheritdoc/>
    public override string Summary => "a model or dataset from the hub";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => Sources;

    /// <inheritdoc/>
    protected override RunParameters Blank => new DownloadParameters { Repository = "" };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return $"Download {draft["repository"]}".TrimEnd();
    }
}
