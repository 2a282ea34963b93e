using System.Text;
using DpoLab.Compute.Tokenization.Unicode;

namespace DpoLab.Compute.Tokenization.PreTokenizers;

/// <summary>Cuts at a regular expression or a literal string.</summary>
internal sealed class PatternSplit(WordPattern pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    public void Split(Piece piece, List<Piece> parts)
    {
        var spans = pattern.Spans(piece.Text);
        if (invert)
            spans = [.. spans.Select(s => (s.Start, s.End, !s.Match))];
        Splitter.Add(piece, spans, behavior, parts);
    }
}

/// <summary>Turns each byte of the UTF-8 form into one character, after cutting words as GPT-2 does if asked to.</summary>
internal sealed class ByteLevelPreTokenizer(bool prefixSpace, WordPattern? words) : IPreTokenizer
{
    public void Split(Piece piece, List<Piece> parts)
    {
        string text = prefixSpace && !piece.Text.StartsWith(' ') ? " " + piece.Text : piece.Text;
        if (words is null)
        {
            parts.Add(piece with { Text = ByteAlphabet.FromText(text) });
            return;
        }

        foreach (var (start, end, _) in words.Spans(text))
            parts.Add(new Piece(ByteAlphabet.FromText(text.AsSpan(start, end - start)), piece.AtStart && start == 0));
    }
}

/// <summary>When a metaspace is put before a text.</summary>
internal enum PrependScheme
{
    Always,

    /// <summary>Only where the text that was given begins.</summary>
    First,
    Never,
}

/// <summary>Spaces become ▁; a text that does not begin with one gets one, depending on the scheme.</summary>
internal sealed class Metaspace(char replacement, PrependScheme scheme, bool split) : IPreTokenizer
{
    public void Split(Piece piece, List<Piece> parts)
    {
        string text = piece.Text.Replace(' ', replacement);
        if (!text.StartsWith(replacement) && (scheme is PrependScheme.Always || (scheme is PrependScheme.First && piece.AtStart)))
            text = replacement + text;
        piece = piece with { Text = text };
        if (!split)
        {
            parts.Add(piece);
            return;
        }

        var spans = new List<(int Start, int End, bool Delimiter)>();
        CharacterSplit.AddSpans(text, rune => rune.Value == replacement, spans);
        Splitter.Add(piece, spans, SplitBehavior.MergedWithNext, parts);
    }
}

/// <summary>Cuts at single characters of a kind.</summary>
internal sealed class CharacterSplit(Func<Rune, bool> isDelimiter, SplitBehavior behavior) : IPreTokenizer
{
    /// <summary>White space separates and goes.</summary>
    public static CharacterSplit WhiteSpace() => new(Rune.IsWhiteSpace, SplitBehavior.Removed);

    /// <summary>Each punctuation character alone.</summary>
    public static CharacterSplit Punctuation(SplitBehavior behavior = SplitBehavior.Isolated) => new(Unicode8.IsBertPunctuation, behavior);

    /// <summary>Digits, each alone or in runs.</summary>
    public static CharacterSplit Digits(bool individual) =>
        new(Rune.IsNumber, individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    public void Split(Piece piece, List<Piece> parts)
    {
        var spans = new List<(int Start, int End, bool Delimiter)>();
        AddSpans(piece.Text, isDelimiter, spans);
        Splitter.Add(piece, spans, behavior, parts);
    }

    /// <summary>The text as delimiters, one a character, and the stretches between them.</summary>
    public static void AddSpans(string text, Func<Rune, bool> isDelimiter, List<(int Start, int End, bool Delimiter)> spans)
    {
        int done = 0;
        int i = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            int end = i + rune.Utf16SequenceLength;
            if (isDelimiter(rune))
            {
                if (done < i)
                    spans.Add((done, i, false));
                spans.Add((i, end, true));
                done = end;
            }

            i = end;
        }

        if (done < text.Length)
            spans.Add((done, text.Length, false));
    }
}
