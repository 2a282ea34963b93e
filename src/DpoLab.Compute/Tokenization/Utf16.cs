using System.Text;

namespace DpoLab.Compute.Tokenization;

/// <summary>.NET strings as sequences of Unicode characters.</summary>
internal static class Utf16
{
    /// <summary>U+FFFD, what undecodable input becomes.</summary>
    public const char Replacement = '\uFFFD';

    /// <summary>The text with each lone surrogate replaced by U+FFFD; the same string if there is none.</summary>
    public static string WithoutLoneSurrogates(string text)
    {
        int first = IndexOfLoneSurrogate(text);
        if (first < 0)
            return text;
        var clean = new StringBuilder(text.Length).Append(text, 0, first);
        // enumerating runes yields U+FFFD for each lone surrogate
        foreach (var rune in text.AsSpan(first).EnumerateRunes())
            Append(clean, rune);
        return clean.ToString();
    }

    /// <summary>UTF-16 units of the character that begins at <paramref name="index"/>.</summary>
    public static int RuneLength(ReadOnlySpan<char> text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;

    /// <summary>Appends a character without making a string of it.</summary>
    public static void Append(StringBuilder text, Rune rune)
    {
        Span<char> units = stackalloc char[2];
        text.Append(units[..rune.EncodeToUtf16(units)]);
    }

    private static int IndexOfLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (RuneLength(text, i) == 1)
                return i;
            i++;
        }

        return -1;
    }
}
