using DpoLab.Contracts.Hosting;

namespace DpoLab.Contracts.Results;

/// <summary>What was fetched from the hub, pinned.</summary>
public sealed record DownloadResult : RunResult
{
    public required string Repository { get; init; }

    /// <summary>What was asked for.</summary>
    public required string Revision { get; init; }

    /// <summary>The commit that it was then: 40 hexadecimal digits.</summary>
    public required string Commit { get; init; }

    /// <summary>Host and port of the hub.</summary>
    public required string Hub { get; init; }

    /// <summary>The licence that the repository names; null: none.</summary>
    public string? Licence { get; init; }

    /// <summary>Absolute path on the compute host: the model's folder, or the dataset's file.</summary>
    public required string Location { get; init; }

    public required IReadOnlyList<DownloadedFile> Files { get; init; }

    /// <summary>Bytes that came over the network in the last attempt.</summary>
    public required long BytesFetched { get; init; }

    /// <summary>What the folder holds; null for datasets.</summary>
    public ModelReport? Model { get; init; }

    /// <summary>What the file holds; null for models.</summary>
    public DatasetReport? Dataset { get; init; }
}

/// <summary>One file that was fetched.</summary>
/// <param name="Path">In the repository.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its bytes, which agree with the digest that the hub gives.</param>
public sealed record DownloadedFile(string Path, long Bytes, string Sha256);
