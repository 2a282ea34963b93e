using System.Text;

namespace DpoLab.Compute.Tokenization.Decoders;

/// <summary>All tokens as one stretch.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public List<string> Decode(List<string> tokens) => [string.Concat(tokens)];
}

/// <summary>Replaces a literal string in each token.</summary>
internal sealed class ReplaceDecoder(string pattern, string content) : IDecoder
{
    public List<string> Decode(List<string> tokens) => [.. tokens.Select(t => t.Replace(pattern, content, StringComparison.Ordinal))];
}

/// <summary>Takes at most so many of one character off the ends of each token.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : IDecoder
{
    public List<string> Decode(List<string> tokens) => [.. tokens.Select(Strip)];

    private string Strip(string token)
    {
        int from = 0;
        while (from < start && from < token.Length && token[from] == content)
            from++;
        int to = token.Length;
        while (token.Length - to < stop && to > from && token[to - 1] == content)
            to--;
        return token[from..to];
    }
}

/// <summary>▁ becomes a space, but vanishes in the first token unless no text ever gets one put before it.</summary>
internal sealed class MetaspaceDecoder(char replacement, bool keepFirst) : IDecoder
{
    public List<string> Decode(List<string> tokens) =>
    [
        .. tokens.Select((token, i) => i == 0 && !keepFirst
            ? token.Replace(replacement.ToString(), string.Empty, StringComparison.Ordinal)
            : token.Replace(replacement, ' ')),
    ];
}

/// <summary>The bytes of a byte-level vocabulary, read as UTF-8: one U+FFFD for each maximal part that is not valid.</summary>
internal sealed class ByteLevelDecoder : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var bytes = new List<byte>(tokens.Count * 4);
        foreach (string token in tokens)
            ByteAlphabet.AddBytes(token, bytes);
        return [Encoding.UTF8.GetString([.. bytes])];
    }
}

/// <summary>
/// Byte tokens such as <c>&lt;0xE2&gt;</c>, run by run: a run that is valid UTF-8 as a whole becomes its text, any other one U+FFFD per byte.
/// </summary>
internal sealed class ByteFallbackDecoder : IDecoder
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (string token in tokens)
        {
            if (ByteOf(token) is { } b)
            {
                run.Add(b);
                continue;
            }

            Flush(run, result);
            result.Add(token);
        }

        Flush(run, result);
        return result;
    }

    private static void Flush(List<byte> run, List<string> result)
    {
        if (run.Count == 0)
            return;
        try
        {
            result.Add(Strict.GetString([.. run]));
        }
        catch (DecoderFallbackException)
        {
            result.AddRange(Enumerable.Repeat(Utf16.Replacement.ToString(), run.Count));
        }

        run.Clear();
    }

    private static byte? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out byte b)
            ? b
            : null;
}

/// <summary>WordPiece: continuations are joined, other tokens get a space, and English punctuation is cleaned up if asked for.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanUp) : IDecoder
{
    private static readonly (string From, string To)[] CleanUps =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"),
        (" 've", "'ve"), (" 're", "'re"),
    ];

    public List<string> Decode(List<string> tokens) => [.. tokens.Select(Decode)];

    private string Decode(string token, int place)
    {
        if (place > 0)
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        if (!cleanUp)
            return token;
        foreach (var (from, to) in CleanUps)
            token = token.Replace(from, to, StringComparison.Ordinal);
        return token;
    }
}
