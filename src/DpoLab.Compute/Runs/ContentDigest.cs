using System.Security.Cryptography;
using System.Text;

namespace DpoLab.Compute.Runs;

/// <summary>SHA-256 of a file, or of a folder's sorted lines <c>sha256  path</c>.</summary>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Bytes">Size of the file, or of all files.</param>
internal sealed record ContentDigest(string Sha256, long Bytes)
{
    /// <summary>Reads a file, or every file below a folder but hidden ones.</summary>
    public static ContentDigest Of(string path, CancellationToken cancellationToken = default, DigestCache? cache = null) =>
        Directory.Exists(path) ? OfFolder(path, _ => true, cancellationToken, cache) : OfFile(path, cancellationToken, cache);

    /// <summary>Reads the files of a folder that count.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="counts">Whether a file counts, by its path below the folder.</param>
    /// <param name="cancellationToken">Looked at while reading.</param>
    /// <param name="cache">Of large files that were read before; null: every file is read.</param>
    public static ContentDigest OfFolder(
        string folder, Func<string, bool> counts, CancellationToken cancellationToken = default, DigestCache? cache = null)
    {
        var lines = new List<string>();
        long bytes = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(folder, file);
            if (relative.Split('/').Any(part => part.StartsWith('.')) || !counts(relative))
                continue;
            var digest = OfFile(file, cancellationToken, cache);
            lines.Add($"{digest.Sha256}  {relative}\n");
            bytes += digest.Bytes;
        }

        lines.Sort(StringComparer.Ordinal);
        return new ContentDigest(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines)))), bytes);
    }

    private static ContentDigest OfFile(string path, CancellationToken cancellationToken, DigestCache? cache)
    {
        if (cache is null)
            return Read(path, cancellationToken);
        var before = FileStamp.Of(path);
        if (cache.Find(before) is { } known)
            return new ContentDigest(known, before.Bytes);
        var digest = Read(path, cancellationToken);
        cache.Keep(before, FileStamp.Of(path), digest.Sha256);
        return digest;
    }

    private static ContentDigest Read(string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        while (stream.Read(buffer) is > 0 and var read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            bytes += read;
        }

        return new ContentDigest(Convert.ToHexStringLower(hash.GetHashAndReset()), bytes);
    }
}
