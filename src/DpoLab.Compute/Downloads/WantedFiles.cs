using System.Text.RegularExpressions;
using DpoLab.Compute.Checkpoints;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Downloads;

/// <summary>Which files of a repository the lab reads: nothing else is fetched.</summary>
internal static partial class WantedFiles
{
    private const int NamesShown = 12;
    private const string Adapter = "adapter_config.json";
    private static readonly HashSet<string> Records = new([".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Configuration, tokenizer and safetensors weights of a model or scorer, all at the top of the repository.</summary>
    /// <exception cref="DownloadException">The repository is of another kind; the message says what to do.</exception>
    public static IReadOnlyList<HubFile> OfModel(HubRepository repository)
    {
        var top = repository.Files.Where(file => !file.Path.Contains('/', StringComparison.Ordinal)).ToDictionary(file => file.Path, StringComparer.Ordinal);
        if (!top.TryGetValue(CheckpointCopy.ConfigurationFile, out var config))
        {
            throw new DownloadException(top.ContainsKey(Adapter)
                ? $"{repository.Subject} is a LoRA adapter, not a model. Fetch its base model, and merge the adapter by an export run from a folder on the compute host."
                : $"{repository.Subject} has no config.json: it is not in the Hugging Face format (GGUF and others are not read). Look for the repository that it was made from.");
        }

        return Checked(repository, [config, .. CheckpointCopy.Companions.Where(top.ContainsKey).Select(name => top[name]), .. Weights(repository, top)]);
    }

    /// <summary>The chosen file of a dataset, or the only one that holds records.</summary>
    /// <exception cref="DownloadException">It is not there, or there are several.</exception>
    public static HubFile OfDataset(HubRepository repository, string? chosen, DatasetKind kind)
    {
        HubFile[] readable =
        [
            .. repository.Files.Where(file => Records.Contains(Path.GetExtension(file.Path)) || (kind is DatasetKind.Text && file.Path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))),
        ];
        var file = chosen is not null
            ? repository.Files.FirstOrDefault(file => file.Path == chosen)
                ?? throw new DownloadException($"{repository.Subject} has no file {chosen}. {Choices(readable)}")
            : readable.Length == 1 ? readable[0] : throw new DownloadException(readable.Length == 0
                ? $"{repository.Subject} has no CSV, JSONL or Parquet file. The lab reads these alone: choose another dataset, or convert it and upload the file."
                : $"{repository.Subject} has {readable.Length} files of records, and one makes a dataset. {Choices(readable)}");
        return Checked(repository, [file])[0];
    }

    private static IEnumerable<HubFile> Weights(HubRepository repository, Dictionary<string, HubFile> top)
    {
        if (top.TryGetValue(CheckpointFolder.SingleFile, out var single))
            return [single];
        if (top.TryGetValue(CheckpointFolder.IndexFile, out var index))
            return [index, .. top.Values.Where(file => Shard().IsMatch(file.Path)).OrderBy(file => file.Path, StringComparer.Ordinal)];
        throw new DownloadException(top.Keys.Any(name => name.EndsWith(".bin", StringComparison.Ordinal) || name.EndsWith(".pt", StringComparison.Ordinal))
            ? $"{repository.Subject} has its weights only as .bin (pickle) files, which can run code when they are read and are not supported. Its page’s Community tab may hold a "
                + "conversion by the hub’s bot: give that as the revision (refs/pr/1). Or convert it with transformers’ save_pretrained and add the folder."
            : $"{repository.Subject} has no {CheckpointFolder.SingleFile} and no {CheckpointFolder.IndexFile}. Choose a repository with safetensors weights.");
    }

    private static HubFile[] Checked(HubRepository repository, HubFile[] files)
    {
        if (Array.Find(files, file => !HubNames.IsPath(file.Path)) is { } strange)
            throw new DownloadException($"{repository.Subject} holds a file named “{strange.Path}”, which the lab does not write. Choose another.");
        return Array.Find(files, file => file.Bytes < 0 || (file.Sha256 ?? file.BlobId) is null) is { } unknown
            ? throw new DownloadException($"The hub says neither length nor digest of {unknown.Path}, so it could not be checked. Set HF_ENDPOINT to one that does (huggingface.co).")
            : files;
    }

    private static string Choices(HubFile[] files)
    {
        string more = files.Length > NamesShown ? $" and {files.Length - NamesShown} more" : "";
        return $"Give one of them as the file: {string.Join(", ", files.Take(NamesShown).Select(file => file.Path))}{more}.";
    }

    [GeneratedRegex(@"^model-\d+-of-\d+\.safetensors$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shard();
}
