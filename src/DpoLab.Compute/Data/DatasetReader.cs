using System.Globalization;
using System.Text;
using DpoLab.Compute.Data.Formats;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Data;

/// <summary>Reads records by role and checks every value on the way.</summary>
internal sealed class DatasetReader : IDisposable
{
    private readonly DatasetFile file;
    private readonly IReadOnlyList<DatasetRole> roles;
    private readonly RecordSource? source;

    private DatasetReader(DatasetFile file, DatasetKind kind, FileScan scan)
    {
        this.file = file;
        roles = DatasetSchema.Roles(kind);
        Format = file.Format(scan, kind);
        if (Format is DatasetFormat.PlainText)
        {
            Mapping = new Dictionary<string, string>(StringComparer.Ordinal);
            return;
        }

        source = file.Open(Format);
        Columns = source.Columns;
    }

    public DatasetFormat Format { get; }

    public IReadOnlyList<string> Columns { get; } = [];

    /// <summary>Role to column; set by <see cref="Map"/>.</summary>
    public IReadOnlyDictionary<string, string> Mapping { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Opens a file and maps its columns.</summary>
    /// <exception cref="DatasetException">It cannot be used.</exception>
    public static DatasetReader Open(DatasetFile file, DatasetKind kind)
    {
        var reader = Open(file, kind, file.Scan());
        reader.Map();
        return reader;
    }

    /// <summary>Opens a file whose bytes have been looked at; the columns are not mapped yet.</summary>
    public static DatasetReader Open(DatasetFile file, DatasetKind kind, FileScan scan) => new(file, kind, scan);

    /// <summary>Finds the column of each role.</summary>
    /// <exception cref="DatasetException">A column is missing.</exception>
    public void Map()
    {
        if (source is not null)
            Mapping = ColumnMapping.Of(file, roles, Columns);
    }

    /// <summary>The records up to the file's limit, each value checked.</summary>
    /// <exception cref="DatasetException">A record cannot be used.</exception>
    public IEnumerable<RoleRecord> Records(CancellationToken cancellationToken = default)
    {
        if (source is null)
            return [new RoleRecord(1, [ReadPlainText()])];
        return source.Read([.. Mapping.Values.Distinct(StringComparer.Ordinal)])
            .Take(file.Limit ?? int.MaxValue)
            .Select(record =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return new RoleRecord(record.Row, [.. roles.Select(role => Checked(record, role))]);
            });
    }

    public void Dispose() => source?.Dispose();

    private string ReadPlainText()
    {
        if (new FileInfo(file.Path).Length > int.MaxValue / 2)
            throw file.Problem("is larger than 1 GB, more than a plain text can be here. Split it, or use JSONL with a limit.");
        string text = File.ReadAllText(file.Path, Encoding.UTF8);
        return file.Limit is { } lines ? FirstLines(text, lines) : text;
    }

    /// <summary>The lines as they are, line breaks included; all of the text where it has no more.</summary>
    private static string FirstLines(string text, int lines)
    {
        int end = 0;
        for (int line = 0; line < lines; line++)
        {
            int lineBreak = text.IndexOf('\n', end);
            if (lineBreak < 0)
                return text;
            end = lineBreak + 1;
        }

        return text[..end];
    }

    private string Checked(DataRecord record, DatasetRole role)
    {
        string column = Mapping[role.Name];
        var value = record[column];
        if (role.Rule is RoleRule.Share)
            return CheckedShare(record, column, value);
        if (value.Type is FieldType.Text)
        {
            return role.Rule is RoleRule.AnyText || value.Written.Length > 0
                ? value.Written
                : throw Bad(record, column, "is empty; expected a text. Remove the record or fill it in.");
        }

        throw Bad(record, column, value.Type is FieldType.Missing
            ? "is missing; expected a text"
            : $"holds {Shortened(value.Written)}; expected a text");
    }

    private string CheckedShare(DataRecord record, string column, FieldValue value)
    {
        string written = value.Written.Trim();
        if (value.Type is FieldType.Boolean)
            return string.Equals(written, "true", StringComparison.Ordinal) ? "1" : "0";
        if (value.Type is FieldType.Missing)
            throw Bad(record, column, "is missing; expected 0 or 1");
        if (value.Type is not FieldType.Other
            && double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1)
        {
            return written;
        }

        throw Bad(record, column, $"holds '{Shortened(value.Written)}'; expected 0 or 1, or a share between them");
    }

    private DatasetException Bad(DataRecord record, string column, string what) =>
        new(file.Name, new DatasetProblem(record.Row, column, $"row {record.Row}: column '{column}' {what}"));

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..57] + "…";
}

/// <summary>A record whose values are in the order of the kind's roles.</summary>
internal sealed record RoleRecord(int Row, IReadOnlyList<string> Values);
