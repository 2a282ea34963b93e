using System.Globalization;
using System.Text;

namespace DpoLab.Compute.Tokenization.Normalizers;

/// <summary>
/// Rewrites a text by a SentencePiece character map as the tokenizers library does: whole grapheme clusters of up to 5 bytes first, then
/// single characters, each by the shortest key that it begins with.
/// </summary>
internal sealed class PrecompiledNormalizer(CharacterMap map) : INormalizer
{
    private const int LongestCluster = 5;

    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[LongestCluster];
        for (int i = 0, length; i < text.Length; i += length)
        {
            length = StringInfo.GetNextTextElementLength(text, i);
            var cluster = text.AsSpan(i, length);
            if (Encoding.UTF8.TryGetBytes(cluster, bytes, out int count) && map.Shortest(bytes[..count]) is { } whole)
                result.Append(whole);
            else
                AppendCharacters(cluster, result);
        }

        return result.ToString();
    }

    private void AppendCharacters(ReadOnlySpan<char> cluster, StringBuilder result)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in cluster.EnumerateRunes())
        {
            if (map.Shortest(bytes[..rune.EncodeToUtf8(bytes)]) is { } mapped)
                result.Append(mapped);
            else
                Utf16.Append(result, rune);
        }
    }
}
