using System.Net;
using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Downloads;

/// <summary>Where files are put, and where an earlier download may have put the same ones.</summary>
/// <param name="Unfinished">Filled by downloads.</param>
/// <param name="Finished">Holds whole files only, when it is there; read, never written.</param>
internal sealed record DownloadFolders(string Unfinished, string Finished)
{
    /// <summary>Bytes of a file that an earlier start has left.</summary>
    public long BytesThere(HubFile file)
    {
        string path = Path.Combine(Unfinished, file.Path);
        if (File.Exists(path) || File.Exists(Path.Combine(Finished, file.Path)))
            return file.Bytes;
        return File.Exists(path + FileDownload.Part) ? Math.Min(new FileInfo(path + FileDownload.Part).Length, file.Bytes) : 0;
    }
}

/// <summary>
/// Fetches files into a folder. A file lies under <c>name.part</c> until its length and digest are right; after a break, or in another process, it goes
/// on from the bytes that are there, by a range that holds only for the same content. A server without ranges sends it again from its beginning.
/// </summary>
/// <param name="hub">Who is asked.</param>
/// <param name="repository">Whose files they are.</param>
/// <param name="folders">Where they are put.</param>
/// <param name="retries">What happens after a break.</param>
/// <param name="arrived">Gets the bytes that each read brought, negative when some are thrown away.</param>
internal sealed class FileDownload(HubClient hub, HubRepository repository, DownloadFolders folders, Retries retries, Action<long> arrived)
{
    internal const string Part = ".part";
    private const int BufferBytes = 1 << 20;

    /// <summary>Bytes that came over the network.</summary>
    public long BytesFetched { get; private set; }

    /// <summary>Fetches one file, or what is missing of it.</summary>
    /// <exception cref="DownloadException">The length or digest is wrong, or too many tries failed.</exception>
    public async Task<DownloadedFile> FetchAsync(HubFile file, CancellationToken cancellation)
    {
        if (await FindFinishedAsync(file, cancellation) is { } known)
            return known;
        string path = Path.Combine(folders.Unfinished, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path))
            File.Move(path, path + Part, overwrite: true); // its digest is taken again, like that of a part
        for (int round = 1; ; round++)
        {
            string sha256 = await ReceiveAllAsync(file, path + Part, cancellation);
            if (sha256.Length > 0)
            {
                File.Move(path + Part, path, overwrite: true);
                File.Delete(path + Part + ".etag");
                return new DownloadedFile(file.Path, file.Bytes, sha256);
            }

            Discard(file, path + Part);
            if (round == 2)
                throw new DownloadException($"{file.Path} of {repository.Subject} arrived twice with a digest that is not the hub’s. Nothing of it is kept. Retry later; if it stays so, the hub’s copy or something between is damaged.");
        }
    }

    /// <summary>The file as an earlier download has left it; null: there is none, or it has changed.</summary>
    private async Task<DownloadedFile?> FindFinishedAsync(HubFile file, CancellationToken cancellation)
    {
        string path = Path.Combine(folders.Finished, file.Path);
        if (!File.Exists(path))
            return null;
        string sha256 = new FileInfo(path).Length == file.Bytes ? await Transfer.DigestOfAsync(file, path, cancellation) : "";
        if (sha256.Length > 0)
            return new DownloadedFile(file.Path, file.Bytes, sha256);
        arrived(-file.Bytes);
        return null;
    }

    /// <summary>Receives until all bytes are there.</summary>
    /// <returns>Their SHA-256; empty: the digest is not the one that the hub gives.</returns>
    private async Task<string> ReceiveAllAsync(HubFile file, string part, CancellationToken cancellation)
    {
        using var transfer = new Transfer(file, part);
        await transfer.BeginAsync(cancellation);
        while (transfer.Bytes < file.Bytes)
        {
            try
            {
                await ReceiveAsync(transfer, cancellation);
                if (transfer.Bytes < file.Bytes)
                    throw new HubInterruption($"The connection ended after {transfer.Bytes} of {file.Bytes} bytes.");
            }
            catch (HubInterruption e)
            {
                await retries.PauseAsync(file.Path, e, cancellation);
            }
        }

        return transfer.Finish();
    }

    private async Task ReceiveAsync(Transfer transfer, CancellationToken cancellation)
    {
        var (file, address) = (transfer.File, repository.AddressOf(transfer.File, hub));
        using var answer = await hub.OpenAsync(address, $"{file.Path} of {repository.Subject}", transfer.Bytes > 0 ? transfer.Bytes : null, transfer.Tag, cancellation);
        if (transfer.Bytes > 0 && !GoesOn(answer, transfer))
        {
            arrived(-transfer.Bytes);
            transfer.Restart();
            if (answer.StatusCode is not HttpStatusCode.OK)
                throw new HubInterruption($"{address.Authority} could not go on where it stopped.");
        }

        if (answer.Content.Headers.ContentLength is { } announced && announced != file.Bytes - transfer.Bytes)
        {
            throw new DownloadException(
                $"{file.Path} of {repository.Subject} is {file.Bytes} bytes long, says the hub, but {announced} bytes were announced where {file.Bytes - transfer.Bytes} are missing. "
                + "Something between this host and the hub changes files: check HF_ENDPOINT and proxies.");
        }

        transfer.Note(answer.Headers.ETag);
        try
        {
            await CopyAsync(answer, transfer, cancellation);
        }
        catch (Exception e) when (HubClient.IsBreak(e, cancellation) && !transfer.DiskFailed)
        {
            throw hub.Broken(address, e);
        }
    }

    private async Task CopyAsync(HttpResponseMessage answer, Transfer transfer, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(silence.Token);
        byte[] buffer = new byte[BufferBytes];
        while (true)
        {
            silence.CancelAfter(retries.Options.Silence);
            int read = await body.ReadAsync(buffer, silence.Token);
            if (read == 0)
                return;
            if (transfer.Bytes + read > transfer.File.Bytes)
                throw new DownloadException($"{transfer.File.Path} of {repository.Subject}: more bytes arrive than the {transfer.File.Bytes} that the hub names. Check HF_ENDPOINT and proxies.");
            await transfer.WriteAsync(buffer.AsMemory(0, read), cancellation);
            BytesFetched += read;
            retries.Progressed();
            arrived(read);
        }
    }

    /// <summary>True if the answer holds exactly the bytes that are missing, of the same content.</summary>
    private static bool GoesOn(HttpResponseMessage answer, Transfer transfer) =>
        answer.StatusCode is HttpStatusCode.PartialContent
        && answer.Content.Headers.ContentRange is { From: { } from } range
        && from == transfer.Bytes && (range.Length is null || range.Length == transfer.File.Bytes);

    private void Discard(HubFile file, string part)
    {
        File.Delete(part);
        File.Delete(part + ".etag");
        arrived(-file.Bytes);
    }
}
