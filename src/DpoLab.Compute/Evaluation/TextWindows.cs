namespace DpoLab.Compute.Evaluation;

/// <summary>One window of a text.</summary>
/// <param name="Start">Its first token.</param>
/// <param name="Length">Its tokens.</param>
/// <param name="FirstScored">The first place in the window whose token is scored; at least 1, as nothing predicts the first token.</param>
public readonly record struct TextWindow(int Start, int Length, int FirstScored)
{
    /// <summary>Tokens that the window scores.</summary>
    public int Scored => Length - FirstScored;
}

/// <summary>Cuts a text for perplexity (science.md, section 7).</summary>
public static class TextWindows
{
    /// <summary>
    /// Windows that start at multiples of the stride; each scores only what none before it scored, and the first that reaches the end is the last.
    /// </summary>
    /// <param name="tokens">Tokens of the text.</param>
    /// <param name="window">Greatest length, at least 2.</param>
    /// <param name="stride">1 to <paramref name="window"/>; null: windows do not overlap.</param>
    public static IReadOnlyList<TextWindow> Cut(int tokens, int window, int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        int step = stride ?? window;
        if (step < 1 || step > window)
            throw new ArgumentOutOfRangeException(nameof(stride), step, $"The stride is 1 to the window, {window}.");
        var windows = new List<TextWindow>();
        int scoredTo = 0;
        for (int start = 0; start < tokens && scoredTo < tokens; start += step)
        {
            int length = Math.Min(window, tokens - start);
            int first = Math.Max(1, scoredTo - start);
            if (first < length)
                windows.Add(new TextWindow(start, length, first));
            scoredTo = start + length;
        }

        return windows;
    }
}
