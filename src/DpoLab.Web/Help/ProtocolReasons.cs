using System.Collections.Frozen;

namespace DpoLab.Web.Help;

/// <summary>Why the two protocols come to different numbers, read from the tables of <c>docs/protocols.md</c>.</summary>
public static class ProtocolReasons
{
    private static readonly FrozenDictionary<(string Section, string Row), string> Reasons = Read().ToFrozenDictionary();

    /// <summary>Sections of the page, each with the rows of its table.</summary>
    public static IEnumerable<(string Section, string Row)> All => Reasons.Keys;

    /// <summary>What each protocol does: <c>corrected: …; published: …</c>.</summary>
    /// <param name="section">A heading of the page.</param>
    /// <param name="rows">First cells of that section's table.</param>
    /// <exception cref="KeyNotFoundException">The page has no such row.</exception>
    public static string Of(string section, params ReadOnlySpan<string> rows)
    {
        var reasons = new List<string>();
        foreach (string row in rows)
        {
            reasons.Add(Reasons.TryGetValue((section, row), out string? reason)
                ? $"{row}: {reason}"
                : throw new KeyNotFoundException($"docs/protocols.md says nothing of '{row}' under '{section}'."));
        }

        return string.Join("\n", reasons);
    }

    private static IEnumerable<KeyValuePair<(string Section, string Row), string>> Read()
    {
        using Stream stream = typeof(ProtocolReasons).Assembly.GetManifestResourceStream("protocols.md")!;
        using var reader = new StreamReader(stream);
        string section = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                section = line[3..].Trim();
            string[] cells = line.StartsWith('|') ? [.. line.Trim('|').Split('|').Select(Plain)] : [];
            if (cells.Length == 3 && cells[0].Length > 0 && !cells[0].StartsWith("--", StringComparison.Ordinal))
                yield return KeyValuePair.Create((section, cells[0]), $"corrected: {cells[1]}; published: {cells[2]}");
        }
    }

    private static string Plain(string cell) => cell.Replace("**", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal).Trim();
}
