using System.Text.Json.Serialization;

namespace DpoLab.Contracts.Runs;

/// <summary>
/// Fetches a model, scorer or dataset from the Hugging Face hub onto the compute host: the revision is resolved to a commit first, and every file is
/// checked against the digest that the hub gives. The token for gated repositories is the compute host's and never part of a spec.
/// </summary>
public sealed record DownloadParameters : RunParameters
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override RunKind Kind => RunKind.Download;

    /// <summary>The id on the hub: <c>owner/name</c>, or <c>name</c> alone for the oldest ones.</summary>
    public required string Repository { get; init; }

    /// <summary>A branch, a tag, a pull request (<c>refs/pr/1</c>) or a commit; what it was is pinned in the result.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>Null: a model or scorer. Otherwise a dataset, of which one file is fetched and read as this kind.</summary>
    public DatasetKind? Dataset { get; init; }

    /// <summary>Datasets: the file's path in the repository; null: the only one of its kind.</summary>
    public string? File { get; init; }

    /// <summary>Datasets: role to column; null: recognised by their usual names.</summary>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }

    /// <summary>The name in the lab's list when it is there; null: the repository's.</summary>
    public string? ListedAs { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<InputRef> Inputs() => [];

    /// <inheritdoc/>
    protected override void Check(FieldChecks check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Require(
            HubNames.IsRepository(Repository),
            "repository",
            $"“{Repository}” is no id of the hub. Give it as on the repository’s page, as openai-community/gpt2: letters, digits, dots, dashes, one slash.");
        check.Require(HubNames.IsRevision(Revision), "revision", $"“{Revision}” is no revision. Give a branch (main), a tag or a commit.");
        check.Require(File is null || HubNames.IsPath(File), "file", $"“{File}” is no path in a repository. Give it as on the repository’s page, as data/train.jsonl.");
        check.Require(File is null || Dataset is not null, "file", "Of a model all files that the lab reads are fetched. Leave it empty.");
    }
}

/// <summary>What may name something on the hub: the names become addresses and paths.</summary>
public static class HubNames
{
    private const int Longest = 96;

    /// <summary>True for <c>owner/name</c> and <c>name</c>.</summary>
    public static bool IsRepository(string? id) => id?.Split('/') is { Length: 1 or 2 } parts && parts.All(IsPart);

    /// <summary>True for branches, tags, <c>refs/pr/1</c> and commits.</summary>
    public static bool IsRevision(string? revision) => revision?.Split('/') is { Length: <= 8 } parts && parts.All(IsPart);

    /// <summary>True for commits.</summary>
    public static bool IsCommit(string? text) => text is { Length: 40 } && text.All(char.IsAsciiHexDigitLower);

    /// <summary>True for paths that stay below the folder that they are put into, and hide nowhere in it.</summary>
    public static bool IsPath(string? path) =>
        path is { Length: > 0 and <= 512 } && path.Split('/').All(part => part.Length > 0 && part[0] != '.' && !part.Any(c => char.IsControl(c) || c is '\\' or ':'));

    private static bool IsPart(string part) =>
        part.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(part[0]) && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && !part.Contains("..", StringComparison.Ordinal);
}
