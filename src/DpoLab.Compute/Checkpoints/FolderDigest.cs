using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace DpoLab.Compute.Checkpoints;

/// <summary>
/// Pins the content of a folder: the SHA-256 of the lines <c>sha256  path</c>, one a file, sorted by path, as
/// <c>find . -type f -printf '%P\0' | sort -z | xargs -0 sha256sum | sha256sum</c> prints it under the C locale.
/// </summary>
public static class FolderDigest
{
    private static readonly ConcurrentDictionary<(string Path, DateTime Written, long Bytes), string> Known = new();

    /// <summary>The digest of all files below a folder; hidden files and folders (downloaders keep notes there) do not count.</summary>
    /// <exception cref="CheckpointException">The folder is missing or a file cannot be read.</exception>
    public static string Of(string folder, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(folder))
            throw new CheckpointException(folder, null, "the folder is missing", "Check the path on the compute host.");
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden };
        var paths = Directory.EnumerateFiles(folder, "*", options)
            .Select(path => (Full: path, Relative: Path.GetRelativePath(folder, path)))
            .Where(path => !path.Relative.StartsWith('.') && !path.Relative.Contains("/.", StringComparison.Ordinal))
            .OrderBy(path => path.Relative, StringComparer.Ordinal);
        var lines = new StringBuilder();
        foreach (var (full, relative) in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lines.Append(OfFile(full)).Append("  ").Append(relative).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }

    /// <summary>The SHA-256 of a file in lower-case hex; read again only when its size or time of writing has changed.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public static string OfFile(string path)
    {
        try
        {
            // A link's own size and time say nothing about what it points to.
            var file = new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path));
            return Known.GetOrAdd((file.FullName, file.LastWriteTimeUtc, file.Length), static key =>
            {
                using var stream = new FileStream(key.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
                return Convert.ToHexStringLower(SHA256.HashData(stream));
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, null, "cannot be read", error.Message, error);
        }
    }
}
