using System.Buffers.Binary;
using System.Text;

namespace DpoLab.Compute.Tokenization.Normalizers;

/// <summary>
/// SentencePiece's precompiled character map: a double-array trie (Darts) over UTF-8 bytes, and the texts that its keys become.
/// </summary>
internal sealed class CharacterMap
{
    private readonly uint[] units;
    private readonly byte[] texts;

    private CharacterMap(uint[] units, byte[] texts)
    {
        this.units = units;
        this.texts = texts;
    }

    /// <summary>Reads the form in which SentencePiece stores it.</summary>
    /// <exception cref="InputException">The bytes are no such map.</exception>
    public static CharacterMap Parse(ReadOnlySpan<byte> bytes, string where)
    {
        uint size = bytes.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : uint.MaxValue;
        if (size > bytes.Length - 4 || size % 4 != 0)
            throw new InputException($"{where}: the precompiled character map is cut off or malformed.");
        var trie = bytes.Slice(4, (int)size);
        var nodes = new uint[size / 4];
        for (int i = 0; i < nodes.Length; i++)
            nodes[i] = BinaryPrimitives.ReadUInt32LittleEndian(trie[(4 * i)..]);
        return new CharacterMap(nodes, bytes[(4 + (int)size)..].ToArray());
    }

    /// <summary>The text that the shortest key at the beginning of <paramref name="key"/> becomes; null: none of its beginnings is a key.</summary>
    public string? Shortest(ReadOnlySpan<byte> key) => Find(key, longest: false) is var (_, text) ? text : null;

    /// <summary>The length in bytes of the longest key at the beginning, and the text that it becomes.</summary>
    public (int Length, string Text)? Longest(ReadOnlySpan<byte> key) => Find(key, longest: true);

    private (int Length, string Text)? Find(ReadOnlySpan<byte> key, bool longest)
    {
        (int Length, uint Value)? found = null;
        long node = units.Length > 0 ? Offset(units[0]) : units.Length;
        for (int i = 0; i < key.Length; i++)
        {
            node ^= key[i];
            if (node >= units.Length || Label(units[node]) != key[i])
                break;
            bool hasLeaf = ((units[node] >> 8) & 1) == 1;
            node ^= Offset(units[node]);
            if (!hasLeaf || node >= units.Length)
                continue;
            found = (i + 1, units[node] & 0x7FFFFFFF);
            if (!longest)
                break;
        }

        return found is var (length, value) ? (length, TextAt(value)) : null;
    }

    private string TextAt(uint start)
    {
        if (start >= texts.Length)
            return string.Empty;
        var rest = texts.AsSpan((int)start);
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    // the layout of a Darts-clone unit
    private static long Offset(uint unit) => (unit >> 10) << (int)((unit & (1 << 9)) >> 6);

    private static uint Label(uint unit) => unit & (0x80000000 | 0xFF);
}
