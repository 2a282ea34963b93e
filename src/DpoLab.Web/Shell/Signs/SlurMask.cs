using System.Text.RegularExpressions;

namespace DpoLab.Web.Shell;

/// <summary>
/// Masks slurs and insults (<c>sh•t</c>): the first vowel of the offensive part goes. Long stems are found inside words too
/// (<c>bullsh•t</c>), short ones only as whole words, so that <c>class</c> and <c>document</c> stay as they are.
/// </summary>
public static partial class SlurMask
{
    private const char Dot = '•';

    /// <summary>The text with every offensive word masked; the same object when there is none.</summary>
    public static string Mask(string text) =>
        string.IsNullOrEmpty(text) || !Offensive().IsMatch(text) ? text : Offensive().Replace(text, static match => MaskWord(match.Value));

    /// <summary>The text in pieces, each with whether it is an offensive word.</summary>
    public static IEnumerable<(string Text, bool Offensive)> Parts(string text)
    {
        int from = 0;
        foreach (Match match in Offensive().Matches(text))
        {
            if (match.Index > from)
                yield return (text[from..match.Index], false);
            yield return (match.Value, true);
            from = match.Index + match.Length;
        }

        if (from < text.Length)
            yield return (text[from..], false);
    }

    private static string MaskWord(string word)
    {
        int vowel = word.AsSpan().IndexOfAny("aeiouAEIOU");
        return vowel < 0 ? word : string.Concat(word.AsSpan(0, vowel), [Dot], word.AsSpan(vowel + 1));
    }

    [GeneratedRegex(
        """
        fuck | shit | cunt | bitch | asshole | arsehole | bastard | whore | slut | nigg(?:er|a) | faggot | retard | wank
        | douche | motherf | jackass | dumbass | dickhead | cocksuck | bollock | twat | dyke | tranny | kike | spic(?=s?\b) | chink(?=s?\b) | paki(?=s?\b)
        | \b(?: crap(?:py)? | piss(?:ed|es|ing)? | ass(?:es)? | arse | dick(?:s)? | cock(?:s)? | cum | tit(?:s)? | pussy | pussies | fag(?:s)? | prick(?:s)? | scumbag(?:s)? | goddamn | damn )\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Offensive();
}
