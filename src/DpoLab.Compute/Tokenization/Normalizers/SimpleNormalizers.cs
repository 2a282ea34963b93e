using System.Text;
using DpoLab.Compute.Tokenization.PreTokenizers;
using DpoLab.Compute.Tokenization.Unicode;

namespace DpoLab.Compute.Tokenization.Normalizers;

/// <summary>One normalizer after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<INormalizer> normalizers) : INormalizer
{
    public string Normalize(string text)
    {
        foreach (var normalizer in normalizers)
            text = normalizer.Normalize(text);
        return text;
    }
}

/// <summary>A canonical normal form: NFC or NFD.</summary>
internal sealed class CanonicalNormalizer(bool composed) : INormalizer
{
    public string Normalize(string text) => composed ? CanonicalNormalization.Composed(text) : CanonicalNormalization.Decomposed(text);
}

/// <summary>Puts a string before every text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : INormalizer
{
    public string Normalize(string text) => text.Length == 0 ? text : prefix + text;
}

/// <summary>Replaces a literal string.</summary>
internal sealed class ReplaceNormalizer(string pattern, string content) : INormalizer
{
    public string Normalize(string text) => text.Replace(pattern, content, StringComparison.Ordinal);
}

/// <summary>Replaces what a regular expression matches by a literal string.</summary>
internal sealed class PatternReplaceNormalizer(WordPattern pattern, string content) : INormalizer
{
    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var (start, end, match) in pattern.Spans(text))
        {
            if (match)
                result.Append(content);
            else
                result.Append(text, start, end - start);
        }

        return result.ToString();
    }
}

/// <summary>Takes white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public string Normalize(string text)
    {
        if (left)
            text = text.TrimStart();
        return right ? text.TrimEnd() : text;
    }
}

/// <summary>Lower case, character by character.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    public string Normalize(string text)
    {
        var lower = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Append(lower, rune);
        return lower.ToString();
    }

    /// <summary>Appends the full lower-case mapping of a character.</summary>
    public static void Append(StringBuilder text, Rune rune)
    {
        // the one character whose lower case is two, and which .NET leaves alone without a culture
        if (rune.Value == 0x130)
            text.Append("i\u0307");
        else
            Utf16.Append(text, Rune.ToLowerInvariant(rune));
    }
}
