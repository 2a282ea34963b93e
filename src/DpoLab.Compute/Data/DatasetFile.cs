using DpoLab.Compute.Data.Formats;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Data;

/// <summary>A dataset file on this host and how it is to be read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Columns">Role to column; roles that are absent are recognised by the usual names of their columns.</param>
/// <param name="Limit">Use only the first so many records, of plain text lines; null: all.</param>
public sealed record DatasetFile(string Path, IReadOnlyDictionary<string, string>? Columns = null, int? Limit = null)
{
    /// <summary>Longest line of a JSONL file, bytes: it is held in memory as a whole.</summary>
    internal const long LongestLine = 64L << 20;

    /// <summary>A spec's dataset, its file found at <paramref name="path"/>.</summary>
    public static DatasetFile Of(string path, DatasetRef reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return new DatasetFile(path, reference.Columns, reference.Limit);
    }

    /// <summary>The name used in messages.</summary>
    internal string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Size, digest and validity of the bytes.</summary>
    /// <exception cref="DatasetException">The file is missing or cannot be read.</exception>
    internal FileScan Scan()
    {
        if (Directory.Exists(Path))
            throw Problem("is a folder. Choose a file in it.");
        if (!File.Exists(Path))
            throw Problem($"is not there ({Path}). Choose a file on the compute host, or upload it.");
        try
        {
            return FileScan.Of(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(Name, new DatasetProblem(null, null, $"cannot be read: {e.Message}"), e);
        }
    }

    /// <summary>The format, by what the file begins with; names only decide where that leaves a doubt, since uploads have none.</summary>
    internal DatasetFormat Format(FileScan scan, DatasetKind kind)
    {
        byte[] start = new byte[64];
        using (var stream = File.OpenRead(Path))
            Array.Resize(ref start, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        if (start.AsSpan().StartsWith("PAR1"u8))
            return DatasetFormat.Parquet;
        RequireText(scan, start);
        string extension = System.IO.Path.GetExtension(Path).ToUpperInvariant();
        char first = FirstCharacter(start);
        if (first == '[' && extension is ".JSON" or ".JSONL")
            throw Problem("holds one JSON list. Expected one JSON object a line (JSONL).");
        if (extension is ".JSONL" or ".NDJSON" or ".JSON" || (first == '{' && extension is not (".CSV" or ".TSV" or ".TXT")))
        {
            return scan.LongestLine <= LongestLine
                ? DatasetFormat.JsonLines
                : throw Problem($"has a line of {scan.LongestLine >> 20} MB; at most {LongestLine >> 20} MB can be read. Expected one JSON object a line.");
        }

        return extension is not (".CSV" or ".TSV") && kind is DatasetKind.Text ? DatasetFormat.PlainText : DatasetFormat.Csv;
    }

    /// <summary>Opens a file of records.</summary>
    internal RecordSource Open(DatasetFormat format) => format switch
    {
        DatasetFormat.Csv => new CsvRecords(Path, Name),
        DatasetFormat.JsonLines => new JsonLinesRecords(Path, Name),
        DatasetFormat.Parquet => new ParquetRecords(Path, Name),
        _ => throw new InvalidOperationException($"{format} has no records."),
    };

    internal DatasetException Problem(string message) => new(Name, new DatasetProblem(null, null, message));

    private void RequireText(FileScan scan, ReadOnlySpan<byte> start)
    {
        if (scan.Bytes == 0)
            throw Problem("is empty.");
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw Problem("is UTF-16. Save it as UTF-8.");
        if (scan.BadUtf8 is var (line, place, value))
        {
            string message = $"line {line}, byte {place}: the byte 0x{value:X2} is no valid UTF-8. Save the file as UTF-8.";
            throw new DatasetException(Name, new DatasetProblem((int)Math.Min(line, int.MaxValue), null, message));
        }
    }

    private static char FirstCharacter(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            start = start[3..];
        start = start.TrimStart(" \t\r\n"u8);
        return start.Length > 0 ? (char)start[0] : '\0';
    }
}

/// <summary>The formats that datasets come in.</summary>
internal enum DatasetFormat
{
    Csv,
    JsonLines,
    Parquet,
    PlainText,
}
