using System.Security.Cryptography;
using System.Text;

namespace DpoLab.Compute.Downloads;

/// <summary>The digests of one file, taken while it arrives: SHA-256, and git's blob id where that is what the hub gives.</summary>
internal sealed class FileDigest : IDisposable
{
    private readonly HubFile file;
    private readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // git names what it stores by SHA-1; here it finds damage, the connection's encryption keeps strangers out
    private readonly IncrementalHash? blob;

    public FileDigest(HubFile file)
    {
        this.file = file;
        blob = file.Sha256 is null ? IncrementalHash.CreateHash(HashAlgorithmName.SHA1) : null;
        blob?.AppendData(Encoding.ASCII.GetBytes($"blob {file.Bytes}\0"));
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        sha256.AppendData(bytes);
        blob?.AppendData(bytes);
    }

    /// <summary>The SHA-256 of what was appended; empty: the digest that the hub gives is another.</summary>
    public string Finish()
    {
        string own = Convert.ToHexStringLower(sha256.GetHashAndReset());
        string found = blob is null ? own : Convert.ToHexStringLower(blob.GetHashAndReset());
        return found == (file.Sha256 ?? file.BlobId) ? own : "";
    }

    public void Dispose()
    {
        sha256.Dispose();
        blob?.Dispose();
    }
}
