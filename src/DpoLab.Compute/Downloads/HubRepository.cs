using System.Text.Json;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Downloads;

/// <summary>One file of a repository at a commit.</summary>
/// <param name="Path">Below the repository.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its bytes, where the hub stores it as a large file.</param>
/// <param name="BlobId">Git's id of a small file: the SHA-1 of <c>blob LENGTH\0</c> and its bytes.</param>
internal sealed record HubFile(string Path, long Bytes, string? Sha256, string? BlobId);

/// <summary>A repository at a commit.</summary>
/// <param name="Name">Its id.</param>
/// <param name="IsDataset">Datasets live under an address of their own.</param>
/// <param name="Commit">40 hexadecimal digits.</param>
/// <param name="Licence">As its card names it; null: it does not.</param>
/// <param name="Files">All of them.</param>
internal sealed record HubRepository(string Name, bool IsDataset, string Commit, string? Licence, IReadOnlyList<HubFile> Files)
{
    /// <summary>What people call it.</summary>
    public string Subject => SubjectOf(Name, IsDataset);

    /// <summary>Resolves a revision to its commit and lists the files.</summary>
    public static async Task<HubRepository> FindAsync(HubClient hub, string name, bool isDataset, string revision, CancellationToken cancellation)
    {
        string subject = $"{SubjectOf(name, isDataset)} at {revision}";
        var address = hub.Address($"api/{(isDataset ? "datasets" : "models")}/{name}/revision/{Uri.EscapeDataString(revision)}?blobs=true");
        byte[] json = await hub.ReadAsync(address, subject, cancellation);
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, name, isDataset);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new DownloadException($"{subject}: {hub.Host} does not answer as the Hugging Face hub does ({e.Message.TrimEnd('.')}). Check HF_ENDPOINT.", e);
        }
    }

    /// <summary>Where a file's bytes are asked for.</summary>
    public Uri AddressOf(HubFile file, HubClient hub) => hub.Address(
        $"{(IsDataset ? "datasets/" : "")}{Name}/resolve/{Commit}/{string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))}");

    private static HubRepository Read(JsonElement root, string name, bool isDataset)
    {
        string commit = root.GetProperty("sha").GetString() ?? "";
        if (!HubNames.IsCommit(commit))
            throw new FormatException("the commit is not 40 hexadecimal digits");
        HubFile[] files = [.. root.GetProperty("siblings").EnumerateArray().Select(FileOf)];

        // a name that leads out of the folder is no accident: nothing of such a repository is wanted
        if (Array.Find(files, file => file.Path.Split('/', '\\').Contains("..") || file.Path.StartsWith('/')) is { } strange)
            throw new DownloadException($"{SubjectOf(name, isDataset)} holds a file named “{strange.Path}”, which would be written outside its folder. Do not use this repository.");
        return new HubRepository(name, isDataset, commit, LicenceOf(root), files);
    }

    private static HubFile FileOf(JsonElement sibling)
    {
        bool large = sibling.TryGetProperty("lfs", out var lfs) && lfs.ValueKind is JsonValueKind.Object;
        long? bytes = sibling.TryGetProperty("size", out var size) && size.ValueKind is JsonValueKind.Number ? size.GetInt64() : large ? lfs.GetProperty("size").GetInt64() : null;
        return new HubFile(
            sibling.GetProperty("rfilename").GetString() ?? "",
            bytes ?? -1,
            large ? lfs.GetProperty("sha256").GetString()?.ToLowerInvariant() : null,
            sibling.TryGetProperty("blobId", out var id) && id.ValueKind is JsonValueKind.String ? id.GetString()?.ToLowerInvariant() : null);
    }

    private static string? LicenceOf(JsonElement root) =>
        root.TryGetProperty("cardData", out var card) && card.ValueKind is JsonValueKind.Object
            && card.TryGetProperty("license", out var licence) && licence.ValueKind is JsonValueKind.String ? licence.GetString() : null;

    private static string SubjectOf(string name, bool isDataset) => $"the {(isDataset ? "dataset" : "model")} {name}";
}
