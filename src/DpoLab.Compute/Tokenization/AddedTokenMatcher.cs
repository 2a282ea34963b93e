using System.Buffers;
using System.Globalization;

namespace DpoLab.Compute.Tokenization;

/// <summary>A stretch of text between added tokens, or one added token.</summary>
/// <param name="Text">What stands there; empty for tokens.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="TokenId">The token; null: text.</param>
internal readonly record struct Segment(string Text, int Start, int? TokenId);

/// <summary>Finds added tokens: the leftmost, and of those that begin there the longest.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Node root = new();
    private readonly SearchValues<char> firstChars;
    private readonly bool empty;

    /// <summary>Prepares the search.</summary>
    /// <param name="tokens">The tokens to look for.</param>
    /// <param name="spelling">How a token's content looks in the text that is searched.</param>
    public AddedTokenMatcher(IEnumerable<AddedToken> tokens, Func<string, string> spelling)
    {
        foreach (var token in tokens.Where(t => t.FoundInText))
        {
            var node = root;
            foreach (char c in spelling(token.Content))
                node = node.Children.TryGetValue(c, out var next) ? next : node.Children[c] = new Node();
            if (node != root)
                node.Token = token;
        }

        empty = root.Children.Count == 0;
        firstChars = SearchValues.Create([.. root.Children.Keys]);
    }

    /// <summary>The text cut at added tokens; empty stretches are left out.</summary>
    public IReadOnlyList<Segment> Split(string text)
    {
        if (text.Length == 0)
            return [];
        if (empty || !text.AsSpan().ContainsAny(firstChars))
            return [new Segment(text, 0, null)];
        var segments = new List<Segment>();
        int done = 0;
        for (int from = 0; Next(text, from) is var (start, stop, token); from = stop)
        {
            if (token.SingleWord && TouchesWord(text, start, stop))
                continue;
            if (token.StripLeft)
                start = Math.Max(done, EndOfText(text, start));
            if (token.StripRight)
                stop = StartOfText(text, stop);
            if (done < start)
                segments.Add(new Segment(text[done..start], done, null));
            segments.Add(new Segment(string.Empty, start, token.Id));
            done = stop;
        }

        if (done < text.Length)
            segments.Add(new Segment(text[done..], done, null));
        return segments;
    }

    private (int Start, int Stop, AddedToken Token)? Next(string text, int from)
    {
        while (from < text.Length)
        {
            int offset = text.AsSpan(from).IndexOfAny(firstChars);
            if (offset < 0)
                return null;
            from += offset;
            if (Longest(text, from) is var (stop, token))
                return (from, stop, token);
            from++;
        }

        return null;
    }

    private (int Stop, AddedToken Token)? Longest(string text, int start)
    {
        (int, AddedToken)? best = null;
        var node = root;
        for (int i = start; i < text.Length && node.Children.TryGetValue(text[i], out var next); i++)
        {
            node = next;
            if (node.Token is not null)
                best = (i + 1, node.Token);
        }

        return best;
    }

    private static int EndOfText(string text, int stop)
    {
        while (stop > 0 && char.IsWhiteSpace(text[stop - 1]))
            stop--;
        return stop;
    }

    private static int StartOfText(string text, int start)
    {
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        return start;
    }

    private static bool TouchesWord(string text, int start, int stop) =>
        (start > 0 && IsWord(text[start - 1])) || (stop < text.Length && IsWord(text[stop]));

    private static bool IsWord(char c) =>
        char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.ConnectorPunctuation
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private sealed class Node
    {
        public Dictionary<char, Node> Children { get; } = [];

        public AddedToken? Token { get; set; }
    }
}
