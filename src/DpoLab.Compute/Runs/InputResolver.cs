using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>Finds the folders and files that a run reads, and what makes them the ones that were meant.</summary>
internal sealed class InputResolver(string dataPath)
{
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    /// <summary>The folder of uploaded datasets, named by their digests.</summary>
    public static string UploadsPath(string dataPath) => Path.Combine(dataPath, "uploads");

    /// <summary>The folder of runs.</summary>
    public static string RunsPath(string dataPath) => Path.Combine(dataPath, "runs");

    /// <summary>The path of an input that exists.</summary>
    /// <exception cref="InputException">It is not there; the message says where it was looked for and what to do.</exception>
    public string Find(InputRef input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Source switch
        {
            InputSource.Path => FindPath(input),
            InputSource.Artifact => FindArtifact(input),
            InputSource.Upload => FindUpload(input),
            _ => throw new InputException($"{input.Name}: unknown source {input.Source}."),
        };
    }

    /// <summary>Digests of all inputs, by the name shown beside numbers; refuses content other than the pinned one.</summary>
    /// <exception cref="InputException">An input is missing or has another digest than the pinned one.</exception>
    public IReadOnlyDictionary<string, string> Digests(IEnumerable<InputRef> inputs, CancellationToken cancellationToken)
    {
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            string path = Find(input);
            string digest = Digest(input, cancellationToken);
            if (input.Digest is { } pinned && !string.Equals(pinned, digest, StringComparison.OrdinalIgnoreCase))
            {
                throw new InputException(
                    $"{input.Name}: the content of {path} has changed since it was chosen: its SHA-256 is {digest}, the run wants {pinned}. "
                    + "Restore it, or add it again and submit a new run.");
            }

            digests[input.Name] = digest;
        }

        return digests;
    }

    /// <summary>The digest of an input, computed once.</summary>
    public string Digest(InputRef input, CancellationToken cancellationToken)
    {
        string path = Find(input);
        if (!known.TryGetValue(path, out string? digest))
            known[path] = digest = DigestOf(path, cancellationToken);
        return digest;
    }

    private string DigestOf(string path, CancellationToken cancellationToken)
    {
        var cache = new DigestCache(Path.Combine(dataPath, "digests.tsv"));
        return (Directory.Exists(path) ? ContentDigest.OfFolder(path, ModelFiles.Count, cancellationToken, cache) : ContentDigest.Of(path, cancellationToken, cache)).Sha256;
    }

    private static string FindPath(InputRef input)
    {
        if (!Path.IsPathFullyQualified(input.Location))
            throw new InputException($"{input.Name}: “{input.Location}” is not an absolute path. Give the whole path on the compute host.");
        return Path.Exists(input.Location)
            ? input.Location
            : throw new InputException($"{input.Name}: {input.Location} does not exist on {Environment.MachineName}. Check the path, or copy the files there.");
    }

    private string FindArtifact(InputRef input)
    {
        if (!RunIds.IsValid(input.RunId))
            throw new InputException($"{input.Name}: “{input.RunId}” is not the id of a run.");
        string run = Path.Combine(RunsPath(dataPath), input.RunId!);
        if (!Directory.Exists(run))
            throw new InputException($"{input.Name}: run {input.RunId} is not on this compute service. Run it here first, or choose another input.");
        string artifacts = Path.Combine(run, "artifacts");
        string path = Path.GetFullPath(Path.Combine(artifacts, input.Location));
        if (!path.StartsWith(artifacts + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new InputException($"{input.Name}: “{input.Location}” does not lie below the run's artifacts.");
        return Path.Exists(path)
            ? path
            : throw new InputException($"{input.Name}: run {input.RunId} has not written {input.Location}. Wait until it has succeeded, or retry it.");
    }

    private string FindUpload(InputRef input)
    {
        if (!IsDigest(input.Location))
            throw new InputException($"{input.Name}: “{input.Location}” is not a SHA-256.");
        string path = Path.Combine(UploadsPath(dataPath), input.Location.ToLowerInvariant());
        return File.Exists(path)
            ? path
            : throw new InputException($"{input.Name}: the uploaded dataset {input.Location} is not on this compute service. Upload it again.");
    }

    /// <summary>True for 64 hexadecimal digits.</summary>
    public static bool IsDigest(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigit);
}
