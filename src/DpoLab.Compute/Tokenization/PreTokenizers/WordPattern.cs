using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DpoLab.Compute.Tokenization.PreTokenizers;

/// <summary>
/// A regular expression over Unicode characters. .NET's Regex reads UTF-16 units, to which the two halves of 𝔘 are no letter, so each
/// character beyond U+FFFF is shown to it as one stand-in of the same category; the places found are then those of the real text.
/// </summary>
internal sealed class WordPattern
{
    /// <summary>How GPT-2 and RoBERTa cut words (the <c>use_regex</c> of ByteLevel).</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>No tokenizer's own expression needs a thousandth of it for one match; a hostile one could take years.</summary>
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(5);

    private readonly Regex regex;
    private readonly string origin;

    /// <summary>Compiles an expression in the syntax that .NET and Oniguruma share.</summary>
    /// <exception cref="InputException">.NET cannot read the expression.</exception>
    public WordPattern(string expression, string where)
    {
        origin = where;
        try
        {
            regex = new Regex(WithLongS(expression), RegexOptions.Compiled | RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (ArgumentException e)
        {
            throw new InputException($"{where}: the regular expression '{expression}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The whole text as matches and what lies between them.</summary>
    /// <exception cref="InputException">The expression is of the kind that takes time without end.</exception>
    public List<(int Start, int End, bool Match)> Spans(string text)
    {
        try
        {
            return FindSpans(text);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new InputException($"{origin}: the regular expression '{regex}' did not get through a text of {text.Length} characters in {LongestMatch.TotalSeconds} s.", e);
        }
    }

    private List<(int Start, int End, bool Match)> FindSpans(string text)
    {
        var spans = new List<(int Start, int End, bool Match)>((text.Length / 4) + 1);
        int[]? places = null;
        string units = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 ? StandIns(text, out places) : text;
        int done = 0;
        foreach (var match in regex.EnumerateMatches(units))
        {
            int start = places is null ? match.Index : places[match.Index];
            int end = places is null ? match.Index + match.Length : places[match.Index + match.Length];
            if (start == end)
                continue;
            if (done < start)
                spans.Add((done, start, false));
            spans.Add((start, end, true));
            done = end;
        }

        if (done < text.Length)
            spans.Add((done, text.Length, false));
        return spans;
    }

    /// <summary>One unit a character, and where each character stands in the text.</summary>
    private static string StandIns(string text, out int[] places)
    {
        var units = new StringBuilder(text.Length);
        places = new int[text.Length + 1];
        for (int i = 0, length; i < text.Length; i += length)
        {
            length = Utf16.RuneLength(text, i);
            places[units.Length] = i;
            units.Append(length == 1 ? text[i] : StandIn(CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(text[i], text[i + 1]))));
        }

        places[units.Length] = text.Length;
        return units.ToString();
    }

    private static char StandIn(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => 'Ā',
        UnicodeCategory.LowercaseLetter => 'ĸ',
        UnicodeCategory.TitlecaseLetter => 'ǅ',
        UnicodeCategory.ModifierLetter => 'ʰ',
        UnicodeCategory.OtherLetter => 'ƻ',
        UnicodeCategory.DecimalDigitNumber => '٠',
        UnicodeCategory.LetterNumber => 'Ⅰ',
        UnicodeCategory.OtherNumber => '²',
        UnicodeCategory.NonSpacingMark => '\u0300',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.EnclosingMark => '\u0488',
        UnicodeCategory.ConnectorPunctuation => '‿',
        UnicodeCategory.DashPunctuation => '‐',
        UnicodeCategory.OpenPunctuation => '‚',
        UnicodeCategory.ClosePunctuation => '⁆',
        UnicodeCategory.OtherPunctuation => '‰',
        UnicodeCategory.MathSymbol => '±',
        UnicodeCategory.CurrencySymbol => '¢',
        UnicodeCategory.ModifierSymbol => '¨',
        UnicodeCategory.OtherSymbol => '©',
        UnicodeCategory.Format => '\u00AD',
        UnicodeCategory.PrivateUse => '\uE000',
        _ => '\u0378', // unassigned
    };

    /// <summary>Where case is ignored, s also stands for ſ, which .NET does not know.</summary>
    private static string WithLongS(string expression)
    {
        const string Insensitive = "(?i:";
        int start = expression.IndexOf(Insensitive, StringComparison.Ordinal);
        if (start < 0)
            return expression;
        int end = expression.IndexOf(')', start);
        if (end < 0)
            return expression;
        string group = expression[(start + Insensitive.Length)..end];
        // inside a character class it would stand for more than itself; no known tokenizer has one there
        if (!group.Contains('[', StringComparison.Ordinal))
            group = group.Replace("s", "[sſ]", StringComparison.Ordinal);
        return string.Concat(expression.AsSpan(0, start + Insensitive.Length), group, expression.AsSpan(end));
    }
}
