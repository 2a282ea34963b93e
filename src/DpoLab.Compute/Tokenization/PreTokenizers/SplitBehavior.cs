using System.Runtime.InteropServices;

namespace DpoLab.Compute.Tokenization.PreTokenizers;

/// <summary>What becomes of a delimiter.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Cuts text at delimiters.</summary>
internal static class Splitter
{
    /// <summary>Adds the parts of a piece.</summary>
    /// <param name="piece">The text.</param>
    /// <param name="spans">The whole text as alternating stretches, in order, each either a delimiter or not.</param>
    /// <param name="behavior">What becomes of delimiters.</param>
    /// <param name="parts">Where the parts go.</param>
    public static void Add(Piece piece, List<(int Start, int End, bool Delimiter)> spans, SplitBehavior behavior, List<Piece> parts)
    {
        var merged = behavior switch
        {
            SplitBehavior.Removed => spans.Where(s => !s.Delimiter),
            SplitBehavior.Isolated => spans,
            SplitBehavior.MergedWithPrevious => WithPrevious(spans),
            SplitBehavior.MergedWithNext => WithNext(spans),
            SplitBehavior.Contiguous => Runs(spans),
            _ => throw new InvalidOperationException($"{behavior} is no behavior."),
        };
        foreach (var (start, end, _) in merged)
        {
            if (end > start)
                parts.Add(new Piece(piece.Text[start..end], piece.AtStart && start == 0));
        }
    }

    private static List<(int Start, int End, bool Delimiter)> WithPrevious(List<(int Start, int End, bool Delimiter)> spans)
    {
        var merged = new List<(int Start, int End, bool Delimiter)>(spans.Count);
        bool afterDelimiter = false;
        foreach (var span in spans)
        {
            if (span.Delimiter && !afterDelimiter && merged.Count > 0)
                CollectionsMarshal.AsSpan(merged)[^1].End = span.End;
            else
                merged.Add(span);
            afterDelimiter = span.Delimiter;
        }

        return merged;
    }

    private static IEnumerable<(int Start, int End, bool Delimiter)> WithNext(List<(int Start, int End, bool Delimiter)> spans)
    {
        var merged = new List<(int Start, int End, bool Delimiter)>(spans.Count);
        bool beforeDelimiter = false;
        for (int i = spans.Count - 1; i >= 0; i--)
        {
            if (spans[i].Delimiter && !beforeDelimiter && merged.Count > 0)
                CollectionsMarshal.AsSpan(merged)[^1].Start = spans[i].Start;
            else
                merged.Add(spans[i]);
            beforeDelimiter = spans[i].Delimiter;
        }

        merged.Reverse();
        return merged;
    }

    private static List<(int Start, int End, bool Delimiter)> Runs(List<(int Start, int End, bool Delimiter)> spans)
    {
        var merged = new List<(int Start, int End, bool Delimiter)>(spans.Count);
        foreach (var span in spans)
        {
            if (merged.Count > 0 && merged[^1].Delimiter == span.Delimiter)
                CollectionsMarshal.AsSpan(merged)[^1].End = span.End;
            else
                merged.Add(span);
        }

        return merged;
    }
}
