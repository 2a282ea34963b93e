using System.Net.Http.Headers;

namespace DpoLab.Compute.Downloads;

/// <summary>One file on its way: the bytes that are there, their digest so far, and the tag that the server gave them.</summary>
internal sealed class Transfer(HubFile file, string part) : IDisposable
{
    private FileStream? stream;
    private FileDigest digest = new(file);

    public HubFile File => file;

    /// <summary>Bytes that are there.</summary>
    public long Bytes { get; private set; }

    /// <summary>The strong tag of the content that the bytes belong to; null: none was given.</summary>
    public EntityTagHeaderValue? Tag { get; private set; }

    /// <summary>True when the disk failed, which is no break of the connection.</summary>
    public bool DiskFailed { get; private set; }

    private string TagPath => part + ".etag";

    /// <summary>The SHA-256 of a whole file; empty: its digest is another than the hub's.</summary>
    public static async Task<string> DigestOfAsync(HubFile file, string path, CancellationToken cancellation)
    {
        using var whole = new FileDigest(file);
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        await ReadIntoAsync(whole, content, cancellation);
        return whole.Finish();
    }

    /// <summary>Takes up what an earlier start has left.</summary>
    public async Task BeginAsync(CancellationToken cancellation)
    {
        stream = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        if (stream.Length > file.Bytes)
            stream.SetLength(0);
        Bytes = await ReadIntoAsync(digest, stream, cancellation);
        if (Bytes > 0 && System.IO.File.Exists(TagPath) && EntityTagHeaderValue.TryParse((await System.IO.File.ReadAllTextAsync(TagPath, cancellation)).Trim(), out var tag))
            Tag = tag;
    }

    /// <summary>Remembers what the server calls this content; weak tags promise nothing about bytes.</summary>
    public void Note(EntityTagHeaderValue? tag)
    {
        Tag = tag is { IsWeak: false } ? tag : null;
        if (Tag is null)
            System.IO.File.Delete(TagPath);
        else
            System.IO.File.WriteAllText(TagPath, Tag.ToString());
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await stream!.WriteAsync(bytes, cancellation);
        }
        catch (IOException)
        {
            DiskFailed = true;
            throw;
        }

        digest.Append(bytes.Span);
        Bytes += bytes.Length;
    }

    /// <summary>Throws away what is there.</summary>
    public void Restart()
    {
        stream!.SetLength(0);
        digest.Dispose();
        (digest, Bytes, Tag) = (new FileDigest(file), 0, null);
    }

    /// <summary>Flushes to the disk and compares the digest.</summary>
    /// <returns>The SHA-256; empty: the digest is another than the hub's.</returns>
    public string Finish()
    {
        stream!.Flush(flushToDisk: true);
        return digest.Finish();
    }

    private static async Task<long> ReadIntoAsync(FileDigest digest, FileStream stream, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        while (await stream.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            digest.Append(buffer.AsSpan(0, read));
            bytes += read;
        }

        return bytes;
    }

    public void Dispose()
    {
        stream?.Dispose();
        digest.Dispose();
    }
}
