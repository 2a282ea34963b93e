using System.Globalization;
using System.Text;

namespace DpoLab.Compute.Evaluation;

/// <summary>How often a text says the same two words again (science.md, section 7).</summary>
public static class Repetition
{
    /// <summary>1 − distinct/all word 2-grams; words are runs of letters, digits and underscores in lower case. 0 without a 2-gram.</summary>
    public static double Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = Words(text);
        if (words.Count < 2)
            return 0;
        var distinct = new HashSet<(string, string)>();
        for (int i = 0; i + 1 < words.Count; i++)
            distinct.Add((words[i], words[i + 1]));
        return 1 - ((double)distinct.Count / (words.Count - 1));
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsWord(rune))
            {
                word.Append(Rune.ToLowerInvariant(rune));
                continue;
            }

            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }

        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }

    /// <summary>Python's <c>\w</c>: combining marks, which .NET's <c>\w</c> has too, end a word.</summary>
    private static bool IsWord(Rune rune) =>
        rune.Value == '_' || Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
