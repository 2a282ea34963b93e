using System.Text;
using DpoLab.Compute.Tokenization.Unicode;

namespace DpoLab.Compute.Tokenization.Normalizers;

/// <summary>
/// BERT's cleaning: control characters go, white space becomes a space, Chinese characters stand alone, accents are stripped, letters are
/// lowered, each only if the folder asks for it.
/// </summary>
internal sealed class BertNormalizer(bool cleanText, bool chineseCharacters, bool stripAccents, bool lowercase) : INormalizer
{
    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            if (cleanText && IsDropped(rune))
                continue;
            if (cleanText && Rune.IsWhiteSpace(rune))
                result.Append(' ');
            else if (chineseCharacters && IsChinese(rune.Value))
                AppendAlone(result, rune);
            else
                AppendFolded(result, rune);
        }

        return result.ToString();
    }

    private static bool IsDropped(Rune rune) =>
        rune.Value is 0 or Utf16.Replacement || (rune.Value is not ('\t' or '\n' or '\r') && Unicode8.IsControl(rune));

    private static void AppendAlone(StringBuilder result, Rune rune)
    {
        result.Append(' ');
        // some ideographs decompose to others, which are no accents
        foreach (var part in Decomposition.Canonical(rune))
            Utf16.Append(result, part);
        result.Append(' ');
    }

    private void AppendFolded(StringBuilder result, Rune rune)
    {
        if (!stripAccents)
        {
            AppendCased(result, rune);
            return;
        }

        foreach (var part in Decomposition.Canonical(rune))
        {
            if (!Unicode8.IsNonSpacingMark(part))
                AppendCased(result, part);
        }
    }

    private void AppendCased(StringBuilder result, Rune rune)
    {
        if (lowercase)
            LowercaseNormalizer.Append(result, rune);
        else
            Utf16.Append(result, rune);
    }

    /// <summary>The blocks that BERT's original code calls Chinese.</summary>
    private static bool IsChinese(int c) => c is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
