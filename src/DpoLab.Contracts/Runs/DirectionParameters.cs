using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>How a toxicity direction is made (science.md, section 3).</summary>
public enum DirectionMethod
{
    Probe,
    EmbeddingDifference,
    MeanDifference,
    Svd,
    File,
}

/// <summary>Makes a toxicity direction w ∈ R^d.</summary>
public sealed record DirectionParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Direction;

    public required InputRef Model { get; init; }

    public DirectionMethod Method { get; init; } = DirectionMethod.Probe;

    /// <summary>Labelled comments, for probe and mean difference.</summary>
    public DatasetRef? Comments { get; init; }

    /// <summary>Texts are cut at so many tokens.</summary>
    public int MaxTokens { get; init; } = 128;

    /// <summary>Inverse strength of the probe's L2 penalty.</summary>
    public double InverseRegularization { get; init; } = 1;

    /// <summary>Share of the comments that validates the probe; the split is stratified and seeded.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>Embedding difference: words whose mean unembedding row is the toxic end.</summary>
    public IReadOnlyList<string> ToxicWords { get; init; } = ["fuck", "shit", "crap", "damn", "asshole"];

    /// <summary>Embedding difference: words at the friendly end.</summary>
    public IReadOnlyList<string> FriendlyWords { get; init; } = ["hello", "thanks", "friend", "peace", "welcome"];

    /// <summary>SVD: the direction whose closest value vectors are decomposed.</summary>
    public InputRef? Source { get; init; }

    /// <summary>SVD: how many value vectors.</summary>
    public int ValueVectors { get; init; } = 128;

    /// <summary>SVD: which left singular vector, from 0.</summary>
    public int SingularVector { get; init; }

    /// <summary>File: a safetensors file with a vector of the model's width.</summary>
    public InputRef? File { get; init; }

    /// <summary>Another direction whose cosine with this one is reported.</summary>
    public InputRef? CompareWith { get; init; }

    /// <summary>Sequences in one forward pass.</summary>
    public int BatchSize { get; init; } = 64;

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => new[] { Model, Comments?.File, Source, File, CompareWith }.OfType<InputRef>();

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Chosen(Model, "model", "model");
        if (Method is DirectionMethod.Probe or DirectionMethod.MeanDifference)
            check.Chosen(Comments?.File, "comments", "labelled comments");
        if (Method is DirectionMethod.Svd)
            check.Chosen(Source, "source", "direction");
        if (Method is DirectionMethod.File)
            check.Chosen(File, "file", "safetensors file");
        if (Method is DirectionMethod.EmbeddingDifference)
        {
            check.Require(ToxicWords.Count > 0, "toxicWords", "No words. Enter at least one, separated by commas.");
            check.Require(FriendlyWords.Count > 0, "friendlyWords", "No words. Enter at least one, separated by commas.");
        }

        check.Within(MaxTokens, 2, 8192, "maxTokens", "The papers use 128.");
        check.Within(InverseRegularization, 1e-6, 1e6, "inverseRegularization", "1 is the papers' setting.");
        check.Within(ValidationShare, 0.01, 0.9, "validationShare", "The papers hold out 0.1.");
        check.Within(ValueVectors, 1, 100_000, "valueVectors", "The papers use 128.");
        check.Within(SingularVector, 0, ValueVectors - 1, "singularVector", "0 is the strongest.");
        check.Within(BatchSize, 1, 4096, "batchSize", "Lower it when memory runs out.");
    }
}
