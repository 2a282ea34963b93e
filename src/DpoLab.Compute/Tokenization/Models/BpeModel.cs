using System.Buffers;
using System.Text;

namespace DpoLab.Compute.Tokenization.Models;

/// <summary>How a <see cref="BpeModel"/> treats what its vocabulary does not have.</summary>
internal sealed record BpeOptions
{
    /// <summary>The token of unknown characters; null: they vanish.</summary>
    public int? Unknown { get; init; }

    /// <summary>Neighbouring unknown characters become one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Unknown characters become the tokens of their UTF-8 bytes, where those exist.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A piece that is a token as a whole stays whole, even where merges would not make it.</summary>
    public bool IgnoreMerges { get; init; }
}

/// <summary>
/// Byte-pair encoding as in the tokenizers library. One class serves byte-level vocabularies (the pre-tokenizer has turned bytes into
/// characters), SentencePiece ones and those of tiktoken: they differ in how their merges are listed, not in how they are applied.
/// </summary>
internal sealed class BpeModel : ITokenModel
{
    private readonly Vocabulary vocabulary;
    private readonly MergeTable merges;
    private readonly BpeOptions options;
    private readonly int?[] byteIds;
    private readonly WordCache cache = new();

    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
    {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.options = options;
        byteIds = vocabulary.ByteIds();
    }

    public int Size => vocabulary.Size;

    public int? IdOf(string token) => vocabulary.IdOf(token);

    public string? TokenOf(int id) => vocabulary.TokenOf(id);

    public void Encode(string piece, List<int> ids)
    {
        if (piece.Length == 0)
            return;
        if (cache.TryGet(piece, out int[] known))
        {
            ids.AddRange(known);
            return;
        }

        if (options.IgnoreMerges && vocabulary.IdOf(piece) is { } whole)
        {
            ids.Add(whole);
            return;
        }

        // at most 4 byte tokens for a character of two UTF-16 units, 3 for one of one; one more for a pending unknown
        int[] rented = ArrayPool<int>.Shared.Rent((3 * piece.Length) + 1);
        try
        {
            var symbols = rented.AsSpan(0, Symbols(piece, rented));
            symbols = symbols[..BpeMerger.Merge(symbols, merges)];
            cache.Add(piece, symbols);
            foreach (int id in symbols)
                ids.Add(id);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    /// <summary>The characters of the piece as ids. The order of a pending unknown and byte tokens is the library's.</summary>
    private int Symbols(string piece, int[] symbols)
    {
        int count = 0;
        bool pending = false;
        for (int i = 0, length; i < piece.Length; i += length)
        {
            length = Utf16.RuneLength(piece, i);
            var character = piece.AsSpan(i, length);
            if (vocabulary.IdOf(character) is { } id)
            {
                if (pending)
                    symbols[count++] = options.Unknown!.Value;
                pending = false;
                symbols[count++] = id;
            }
            else if (!(options.ByteFallback && AddBytes(character, symbols, ref count)) && options.Unknown is { } unknown)
            {
                if (pending && !options.FuseUnknown)
                    symbols[count++] = unknown;
                pending = true;
            }
        }

        if (pending)
            symbols[count++] = options.Unknown!.Value;
        return count;
    }

    private bool AddBytes(ReadOnlySpan<char> character, int[] symbols, ref int count)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..Encoding.UTF8.GetBytes(character, bytes)];
        foreach (byte b in bytes)
        {
            if (byteIds[b] is null)
                return false;
        }

        foreach (byte b in bytes)
            symbols[count++] = byteIds[b]!.Value;
        return true;
    }
}
