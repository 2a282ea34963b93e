using System.Text.Json;
using DpoLab.Contracts;

namespace DpoLab.Compute.Runs;

/// <summary>Writes whole files so that a reader sees the old content or the new, never a part, also after a power cut.</summary>
internal static class AtomicFile
{
    /// <summary>Names of files that are being written begin so; nobody reads them, and the next attempt removes them.</summary>
    public const string TemporaryPrefix = ".writing-";

    /// <summary>Writes to a temporary neighbour, flushes it to the disk, renames it.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = TemporaryOf(path);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes a value as JSON.</summary>
    public static void WriteJson<T>(string path, T value, JsonSerializerOptions? options = null) =>
        Write(path, stream => JsonSerializer.Serialize(stream, value, options ?? ContractJson.Options));

    /// <summary>The name under which a file or folder is written before it gets its own; unique, as two processes can write at once.</summary>
    public static string TemporaryOf(string path) =>
        Path.Combine(
            Path.GetDirectoryName(path) ?? ".",
            $"{TemporaryPrefix}{Path.GetFileName(path)}-{Environment.ProcessId}-{Guid.NewGuid():N}");
}
