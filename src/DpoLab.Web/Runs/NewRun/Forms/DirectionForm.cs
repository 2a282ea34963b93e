using System.Globalization;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using static DpoLab.Web.Runs.NewRun.Forms.CommonFields;

namespace DpoLab.Web.Runs.NewRun.Forms;

/// <summary>Toxicity directions (science.md, section 3).</summary>
public sealed class DirectionForm : RunForm
{
    private static readonly Preset[] FromPapers =
    [
        new("probe", "Probe", "Lee and Yang: C = 1, 90/10 split, 128 tokens", new Dictionary<string, string>()),
        new("mean", "Mean difference", "science.md, section 3", new Dictionary<string, string> { ["method"] = "mean-difference" }),
        new("embedding", "Embedding difference", "Yang’s seed words", new Dictionary<string, string> { ["method"] = "embedding-difference" }),
        new("svd", "SVD", "Lee: 128 value vectors", new Dictionary<string, string> { ["method"] = "svd" }),
    ];

    private static readonly FormSection[] Fields = [Inputs(), Method(), Computing()];

    /// <inheritdoc/>
    public override string Key => "direction";

    /// <inheritdoc/>
    public override string Title => "Direction";

    /// <inheritdoc/>
    public override string Summary => "probe, embedding or mean difference, SVD, file";

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets => FromPapers;

    /// <inheritdoc/>
    protected override RunParameters Blank => new DirectionParameters { Model = null! };

    /// <inheritdoc/>
    public override IReadOnlyList<FormSection> Sections(RunDraft draft) => Fields;

    /// <inheritdoc/>
    public override IEnumerable<DraftRefusal> Refusals(RunDraft draft, InputOptions options)
    {
        foreach (DraftRefusal refusal in base.Refusals(draft, options))
            yield return refusal;
        if (draft["method"] == Kebab(DirectionMethod.Probe) && options.ReportOf(draft[ModelKey]) is { } model
            && int.TryParse(draft["maxTokens"], NumberStyles.None, CultureInfo.InvariantCulture, out int width) && ModelRefusals.PublishedProbe(width, model.ContextLength) is { } tooLong)
            yield return new DraftRefusal("protocol", Kebab(Protocol.Published), tooLong);
    }

    /// <inheritdoc/>
    public override string SuggestName(RunDraft draft, InputOptions options)
    {
        ArgumentNullException.ThrowIfNull(draft);
        string method = Fields[0].Fields[1].Choices.FirstOrDefault(choice => choice.Value == draft["method"])?.Label ?? "Direction";
        return $"{method}, {Chosen(draft, options, "model")}".TrimEnd(' ', ',');
    }

    private static bool Is(RunDraft draft, params string[] methods) => methods.Contains(draft["method"]);

    private static FormSection Inputs() => new("", "", [
        Model("model", "Model", "The direction lives in this model’s residual stream."),
        Choice(
            "method",
            "Method",
            "How the direction is found. The probe is the papers’ way: a logistic regression on the last residual stream.",
            (DirectionMethod.Probe, "Probe"),
            (DirectionMethod.MeanDifference, "Mean difference"),
            (DirectionMethod.EmbeddingDifference, "Embedding difference"),
            (DirectionMethod.Svd, "SVD of value vectors"),
            (DirectionMethod.File, "File")),
    ]);

    private static FormSection Method() => new("Made from", "", [
        Dataset("comments", "Labelled comments", DatasetKind.Comments, "Texts with a 0/1 toxicity label. Jigsaw’s columns are recognised.") with
        {
            Shown = draft => Is(draft, "probe", "mean-difference"),
        },
        Integer("maxTokens", "Cut at", "tokens", "Texts are cut at so many tokens. The papers: 128.") with { Shown = draft => Is(draft, "probe", "mean-difference") },
        Number("inverseRegularization", "C", "Inverse strength of the L2 penalty. The papers: 1; smaller is smoother.") with
        {
            Several = true,
            Shown = draft => Is(draft, "probe"),
        },
        Number("validationShare", "Held out", "Share of the comments that validates the probe; stratified, seeded. The papers: 0.1.") with { Shown = draft => Is(draft, "probe") },
        Words("toxicWords", "Toxic words", "The mean unembedding row of these words is the toxic end."),
        Words("friendlyWords", "Friendly words", "And of these the other end."),
        Input("source", "Direction", InputRole.Direction, "Its closest value vectors are decomposed.") with { Shown = draft => Is(draft, "svd") },
        Integer("valueVectors", "Value vectors", "of greatest cosine", "Each normalised. The papers: 128.") with { Shown = draft => Is(draft, "svd") },
        Integer("singularVector", "Singular vector", "from 0", "0 is the strongest.") with { Shown = draft => Is(draft, "svd") },
        Input("file", "File", InputRole.File, "A safetensors file with a vector of the model’s width, on the compute host.") with { Shown = draft => Is(draft, "file") },
    ]);

    private static FormField Words(string key, string label, string help) => new()
    {
        Key = key,
        Label = label,
        Kind = FieldKind.Words,
        Help = help,
        Shown = draft => Is(draft, "embedding-difference"),
    };

    private static FormSection Computing() => new("Computed", "", [
        Input("compareWith", "Compare with", InputRole.Direction, "Another direction: its cosine with this one is reported.") with { Optional = true, Minor = true },
        PrecisionField,
        ProtocolField,
        BatchSize(),
        SeedField,
    ]);
}
