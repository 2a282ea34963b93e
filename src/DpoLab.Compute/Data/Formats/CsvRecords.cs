using System.Text;
using CsvHelper;

namespace DpoLab.Compute.Data.Formats;

/// <summary>Comma, semicolon or tab separated values with a header.</summary>
internal sealed class CsvRecords : RecordSource
{
    /// <summary>A longer record is almost surely a quotation mark that is never closed.</summary>
    private const int LongestRecord = 16 << 20;

    private readonly CsvReader reader;
    private readonly string[] header;
    private CsvMalformedReason? malformed;

    /// <summary>Opens the file and reads its header.</summary>
    /// <exception cref="DatasetException">There is none, or two columns have the same name.</exception>
    public CsvRecords(string path, string name)
        : base(name)
    {
        reader = CsvReader.FromFile(path, new CsvReaderOptions
        {
            Separator = SeparatorOf(path),
            Encoding = Encoding.UTF8,
            MaxRecordSize = LongestRecord,
            OnMalformedRecord = record => malformed = record.Reason,
        });
        try
        {
            header = ReadHeader();
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Columns => header;

    public override IEnumerable<DataRecord> Read(IReadOnlyCollection<string> columns)
    {
        int[] wanted = [.. Enumerable.Range(0, header.Length).Where(i => columns.Contains(header[i]))];
        for (int row = 1; Guarded(row, reader.Read); row++)
        {
            if (reader.FieldCount != header.Length)
            {
                throw Problem(
                    row, $"has {reader.FieldCount} fields; expected {header.Length}, as in the header. A text with a comma needs quotation marks around it.");
            }

            yield return new DataRecord(
                row,
                wanted.ToDictionary(i => header[i], i => new FieldValue(FieldType.Text, reader.GetString(i)), StringComparer.Ordinal));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            reader.Dispose();
    }

    private string[] ReadHeader()
    {
        string[] names = Guarded(0, () =>
        {
            reader.ReadHeader();
            return reader.Headers.Select(h => h.Trim()).ToArray();
        });
        if (names.Length == 0)
            throw Problem("is empty. Expected a header and records.");
        if (names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw Problem($"the header names the column '{twice.Key}' twice. Each column needs a name of its own.");
        return names;
    }

    /// <summary>Quotation marks within a field are text; one that is never closed swallows the rest of the file, which is refused.</summary>
    private T Guarded<T>(int row, Func<T> read)
    {
        string place = row == 0 ? "the header" : "a field";
        try
        {
            malformed = null;
            var result = read();
            return malformed is CsvMalformedReason.UnterminatedQuote
                ? throw Problem(Math.Max(row, 1), $"{place} opens a quotation mark and never closes it.")
                : result;
        }
        catch (CsvFormatException e)
        {
            throw Problem(Math.Max(row, 1), $"is malformed, or {place} opens a quotation mark and never closes it: {e.Message}", e);
        }
    }

    /// <summary>The separator that the first line has; spreadsheets write semicolons in countries with a decimal comma.</summary>
    private static char SeparatorOf(string path)
    {
        using var peek = new StreamReader(path, Encoding.UTF8);
        char[] start = new char[4096];
        string line = new string(start, 0, peek.ReadBlock(start)).Split('\n')[0];
        if (line.Contains(',', StringComparison.Ordinal))
            return ',';
        return line.Contains('\t', StringComparison.Ordinal) ? '\t' : line.Contains(';', StringComparison.Ordinal) ? ';' : ',';
    }
}
