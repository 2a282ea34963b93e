using System.Globalization;

namespace DpoLab.Web.Api;

/// <summary>Lines of CSV: commas, quotes where needed, invariant numbers that read back as the same number.</summary>
internal static class Csv
{
    /// <summary>One line with its end.</summary>
    public static string Line(params ReadOnlySpan<object?> cells)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0)
                text.Append(',');
            text.Append(Cell(cells[i]));
        }

        return text.Append('\n').ToString();
    }

    private static string Cell(object? value)
    {
        string text = value switch
        {
            null => "",
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
