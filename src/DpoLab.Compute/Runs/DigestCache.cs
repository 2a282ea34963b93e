using System.Globalization;

namespace DpoLab.Compute.Runs;

/// <summary>
/// Digests of large files by their stamps, in a file that the service and all of its runs share: a 16 GB model is hashed once, not at the start of
/// every run. Each line is written in one piece; a line that is torn all the same is passed over.
/// </summary>
internal sealed class DigestCache
{
    /// <summary>Smaller files are hashed faster than it is worth.</summary>
    public const long LeastBytes = 1 << 20;

    private const long MostBytes = 4 << 20;
    private const int Fields = 6;

    private readonly string path;
    private readonly TimeSpan settled;
    private readonly Dictionary<FileStamp, string> known = [];

    /// <summary>Reads what is known so far.</summary>
    /// <param name="path">The cache's file; made when it is not there.</param>
    /// <param name="settled">
    /// How long a file must have been left alone before its digest is kept: a later write within the same tick of the file system's clock would not show.
    /// </param>
    public DigestCache(string path, TimeSpan? settled = null)
    {
        this.path = path;
        this.settled = settled ?? TimeSpan.FromSeconds(2);
        if (!File.Exists(path))
            return;
        foreach (string line in File.ReadLines(path))
        {
            if (Read(line) is var (stamp, digest))
                known[stamp] = digest;
        }
    }

    /// <summary>The digest of a file with this stamp; null: not known.</summary>
    public string? Find(FileStamp stamp) => known.GetValueOrDefault(stamp);

    /// <summary>Keeps the digest of a file that was read whole between two looks at it.</summary>
    public void Keep(FileStamp before, FileStamp after, string digest)
    {
        long now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
        if (before != after || before.Bytes < LeastBytes || before.Path.Any(char.IsControl) || now - before.Changed < settled.Ticks * 100)
            return;
        known[before] = digest;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // what was moved away is not looked up any more: a cache that has grown begins anew
        var mode = File.Exists(path) && new FileInfo(path).Length > MostBytes ? FileMode.Create : FileMode.Append;
        using var file = new FileStream(path, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(System.Text.Encoding.UTF8.GetBytes(Line(before, digest)));
    }

    private static string Line(FileStamp s, string digest) =>
        string.Create(CultureInfo.InvariantCulture, $"{digest}\t{s.Bytes}\t{s.Inode}\t{s.Written}\t{s.Changed}\t{s.Path}\n");

    private static (FileStamp Stamp, string Digest)? Read(string line)
    {
        string[] fields = line.Split('\t');
        return fields.Length == Fields && InputResolver.IsDigest(fields[0])
            && long.TryParse(fields[1], CultureInfo.InvariantCulture, out long bytes) && ulong.TryParse(fields[2], CultureInfo.InvariantCulture, out ulong inode)
            && long.TryParse(fields[3], CultureInfo.InvariantCulture, out long written) && long.TryParse(fields[4], CultureInfo.InvariantCulture, out long changed)
            ? (new FileStamp(fields[5], bytes, inode, written, changed), fields[0])
            : null;
    }
}
