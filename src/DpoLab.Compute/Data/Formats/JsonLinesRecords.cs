using System.Text;
using System.Text.Json;

namespace DpoLab.Compute.Data.Formats;

/// <summary>One JSON object a line. Fields of an object within it are columns such as <c>prompt.text</c>.</summary>
internal sealed class JsonLinesRecords : RecordSource
{
    private readonly string path;
    private readonly string[] columns;

    /// <summary>Opens the file and looks at its first record.</summary>
    /// <exception cref="DatasetException">It has none, or the first is malformed.</exception>
    public JsonLinesRecords(string path, string name)
        : base(name)
    {
        this.path = path;
        var first = Records(_ => true).FirstOrDefault() ?? throw Problem("holds no records. Expected one JSON object a line.");
        columns = [.. first.Fields.Keys];
    }

    public override IReadOnlyList<string> Columns => columns;

    public override IEnumerable<DataRecord> Read(IReadOnlyCollection<string> columns) => Records(columns.Contains);

    private IEnumerable<DataRecord> Records(Func<string, bool> isWanted)
    {
        using var reader = new StreamReader(path, Encoding.UTF8);
        for (int row = 1; reader.ReadLine() is { } line; row++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            yield return new DataRecord(row, Parse(line, row, isWanted));
        }
    }

    private Dictionary<string, FieldValue> Parse(string line, int row, Func<string, bool> isWanted)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
                throw Problem(row, $"holds {Shortened(line)}; expected one JSON object a line.");
            var values = new Dictionary<string, FieldValue>(StringComparer.Ordinal);
            Add(document.RootElement, string.Empty, isWanted, values);
            return values;
        }
        catch (JsonException e)
        {
            throw Problem(row, $"is no valid JSON ({e.Message.Split(". ")[0]}): {Shortened(line)}. Expected one JSON object a line.", e);
        }
        catch (InvalidOperationException e)
        {
            // what the parser says when \ud800 stands alone
            throw Problem(row, "holds half a character (a lone surrogate such as \\ud800). Remove it.", e);
        }
    }

    private static void Add(JsonElement json, string prefix, Func<string, bool> isWanted, Dictionary<string, FieldValue> values)
    {
        foreach (var property in json.EnumerateObject())
        {
            string column = prefix + property.Name;
            if (property.Value.ValueKind is JsonValueKind.Object && prefix.Length == 0)
                Add(property.Value, column + ".", isWanted, values);
            else if (isWanted(column))
                values[column] = Value(property.Value);
        }
    }

    private static FieldValue Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new FieldValue(FieldType.Text, value.GetString()!),
        JsonValueKind.Number => new FieldValue(FieldType.Number, value.GetRawText()),
        JsonValueKind.True or JsonValueKind.False => new FieldValue(FieldType.Boolean, value.GetRawText()),
        JsonValueKind.Null => FieldValue.Missing,
        _ => new FieldValue(FieldType.Other, value.GetRawText()),
    };

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..57] + "…";
}
