using System.Text;

namespace DpoLab.Web.Shell;

/// <summary>Rows as CSV (RFC 4180): fields with commas, quotes or line breaks are quoted.</summary>
public static class CsvText
{
    /// <summary>A header and rows of as many fields.</summary>
    public static string Of(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string?>> rows)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(rows);
        var text = new StringBuilder();
        Append(text, header);
        foreach (IReadOnlyList<string?> row in rows)
            Append(text, row);
        return text.ToString();
    }

    private static void Append(StringBuilder text, IReadOnlyList<string?> fields)
    {
        for (int i = 0; i < fields.Count; i++)
            text.Append(i == 0 ? "" : ",").Append(Field(fields[i] ?? ""));
        text.Append("\r\n");
    }

    private static string Field(string value) =>
        value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
