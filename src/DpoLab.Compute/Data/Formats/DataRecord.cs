namespace DpoLab.Compute.Data.Formats;

/// <summary>What kind of value a field holds in its file.</summary>
internal enum FieldType
{
    Text,
    Number,
    Boolean,

    /// <summary>Absent or null.</summary>
    Missing,

    /// <summary>A list, an object or bytes.</summary>
    Other,
}

/// <summary>One value and how it is written.</summary>
internal readonly record struct FieldValue(FieldType Type, string Written)
{
    public static FieldValue Missing { get; } = new(FieldType.Missing, string.Empty);
}

/// <summary>One record of a file.</summary>
/// <param name="Row">From 1. In JSONL the line, elsewhere the record without the header.</param>
/// <param name="Fields">By column.</param>
internal sealed record DataRecord(int Row, IReadOnlyDictionary<string, FieldValue> Fields)
{
    public FieldValue this[string column] => Fields.TryGetValue(column, out var value) ? value : FieldValue.Missing;
}

/// <summary>A file of records, read from its beginning to its end, never as a whole.</summary>
internal abstract class RecordSource(string file) : IDisposable
{
    /// <summary>The columns of the file; where each record has its own (JSONL), those of the first.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>The name of the file, for messages.</summary>
    protected string File { get; } = file;

    /// <summary>The records. <paramref name="columns"/> says which will be looked at.</summary>
    /// <exception cref="DatasetException">A record is malformed.</exception>
    public abstract IEnumerable<DataRecord> Read(IReadOnlyCollection<string> columns);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>A problem in one row.</summary>
    protected DatasetException Problem(int row, string message, Exception? cause = null) =>
        new(File, new(row, null, $"row {row}: {message}"), cause);

    /// <summary>A problem of the file as a whole.</summary>
    protected DatasetException Problem(string message, Exception? cause = null) => new(File, new(null, null, message), cause);
}
