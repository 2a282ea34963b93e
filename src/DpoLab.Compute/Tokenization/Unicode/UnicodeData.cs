namespace DpoLab.Compute.Tokenization.Unicode;

/// <summary>Small tables cut from the Unicode Character Database, carried inside the assembly.</summary>
internal static class UnicodeData
{
    /// <summary>The lines of a table that are not comments.</summary>
    public static IEnumerable<string> Lines(string table)
    {
        string name = $"DpoLab.Compute.Tokenization.Unicode.{table}";
        using var stream = typeof(UnicodeData).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks the resource {name}.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
                yield return line;
        }
    }
}
