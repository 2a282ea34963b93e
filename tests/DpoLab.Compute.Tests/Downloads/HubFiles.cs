using DpoLab.Compute.Downloads;
using DpoLab.Contracts.Results;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Downloads;

/// <summary>Downloads from a local hub, with pauses that a test can wait for.</summary>
internal static class HubFiles
{
    public const string Model = "some-lab/small";

    /// <summary>Bytes that repeat nowhere near.</summary>
    public static byte[] Bytes(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        var random = new SeededRandom(seed);
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)(random.NextDouble() * 256);
        return bytes;
    }

    /// <summary>Fetches one file of the test repository into a folder.</summary>
    public static async Task<FetchedFile> FetchAsync(LocalHub hub, TemporaryFolder folder, string path, CancellationToken cancellation, string? token = null, int tries = 4)
    {
        var pauses = new List<string>();
        var retries = new Retries(new RetryOptions { Most = tries, FirstPause = TimeSpan.FromMilliseconds(5), Silence = TimeSpan.FromSeconds(20) }, pauses.Add);
        using var client = new HubClient(new HubAccess(hub.Endpoint, token), retries.Options.Silence);
        var repository = await HubRepository.FindAsync(client, Model, isDataset: false, "main", cancellation);
        long arrived = 0;
        var download = new FileDownload(
            client, repository, new DownloadFolders(folder.Combine("unfinished"), folder.Combine("finished")), retries, bytes => arrived += bytes);
        var file = await download.FetchAsync(repository.Files.Single(f => f.Path == path), cancellation);
        return new FetchedFile(file, pauses, download.BytesFetched, arrived, folder.Combine("unfinished", path));
    }
}

/// <summary>What a download came to.</summary>
/// <param name="File">The file.</param>
/// <param name="Pauses">The lines before each pause.</param>
/// <param name="Fetched">Bytes over the network.</param>
/// <param name="Arrived">Sum of the progress.</param>
/// <param name="Path">Where it lies.</param>
internal sealed record FetchedFile(DownloadedFile File, IReadOnlyList<string> Pauses, long Fetched, long Arrived, string Path);
