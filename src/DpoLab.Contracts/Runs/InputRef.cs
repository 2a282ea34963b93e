using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>Where the compute host finds an input.</summary>
public enum InputSource
{
    /// <summary>A file or folder on the compute host, by absolute path.</summary>
    Path,

    /// <summary>An artifact of another run on the same compute service, by run id and path below <c>artifacts/</c>.</summary>
    Artifact,

    /// <summary>A dataset that was uploaded to the lab, by the SHA-256 of its bytes.</summary>
    Upload,
}

/// <summary>A model folder, dataset file or artifact that a run reads.</summary>
/// <param name="Source">Which kind of place.</param>
/// <param name="Location">Path on the host, path below the run's <c>artifacts/</c>, or hexadecimal SHA-256.</param>
/// <param name="RunId">The run that makes it, for artifacts.</param>
/// <param name="Label">The name that people know it by, shown beside numbers.</param>
/// <param name="Digest">The SHA-256 that the content must have; the run refuses anything else. Null: not pinned.</param>
public sealed record InputRef(
    InputSource Source,
    string Location,
    string? RunId = null,
    string? Label = null,
    string? Digest = null)
{
    /// <summary>The name shown beside numbers.</summary>
    [JsonIgnore]
    public string Name => Label ?? (RunId is null ? System.IO.Path.GetFileName(Location.TrimEnd('/')) : $"{RunId}/{Location}");

    /// <summary>Both stand for one file or folder, whatever they are called.</summary>
    public bool IsSameAs(InputRef other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other == this with { Label = other.Label, Digest = other.Digest };
    }

    /// <summary>A file or folder on the compute host.</summary>
    public static InputRef OfPath(string path, string? label = null, string? digest = null) =>
        new(InputSource.Path, path, Label: label, Digest: digest);

    /// <summary>What another run writes below its <c>artifacts/</c>.</summary>
    public static InputRef OfArtifact(string runId, string artifact, string? label = null) =>
        new(InputSource.Artifact, artifact, runId, label);

    /// <summary>A dataset uploaded to the lab.</summary>
    public static InputRef OfUpload(string sha256, string? label = null) =>
        new(InputSource.Upload, sha256, Label: label, Digest: sha256);
}

/// <summary>A dataset file and how its columns are read; null columns are recognised by their usual names.</summary>
/// <param name="File">The CSV, JSONL, Parquet or plain-text file.</param>
/// <param name="Columns">Role (<c>text</c>, <c>label</c>, <c>prompt</c>, <c>chosen</c>, <c>rejected</c>, <c>gold</c>) to column name.</param>
/// <param name="Limit">Use only the first so many records, of plain text lines; null: all.</param>
public sealed record DatasetRef(InputRef File, IReadOnlyDictionary<string, string>? Columns = null, int? Limit = null);

/// <summary>What a dataset holds (science.md, section 2).</summary>
public enum DatasetKind
{
    Comments,
    Pairs,
    Prompts,
    Continuations,
    Text,
}
