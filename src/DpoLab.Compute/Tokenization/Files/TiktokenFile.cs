using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using DpoLab.Compute.Tokenization.Decoders;
using DpoLab.Compute.Tokenization.Models;
using DpoLab.Compute.Tokenization.PreTokenizers;

namespace DpoLab.Compute.Tokenization.Files;

/// <summary>Llama 3's <c>tokenizer.model</c>: lines of a token's bytes in base64 and its rank, which is both its id and its place among merges.</summary>
internal static class TiktokenFile
{
    /// <summary>How Llama 3 cuts words.</summary>
    private const string Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Special tokens begin behind the ranks.</summary>
    private const int Llama3Ranks = 128_000;

    private static readonly string[] Llama3Specials =
    [
        "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>", "<|reserved_special_token_2|>",
        "<|reserved_special_token_3|>", "<|start_header_id|>", "<|end_header_id|>", "<|reserved_special_token_4|>", "<|eot_id|>",
        .. Enumerable.Range(5, 246).Select(i => $"<|reserved_special_token_{i}|>"),
    ];

    /// <summary>True: the first line is base64, a space and a number.</summary>
    public static bool Fits(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        var line = (end < 0 ? bytes : bytes[..end]).TrimEnd("\r"u8);
        int space = line.IndexOf((byte)' ');
        return space > 0 && line.Length < 1000 && Base64.IsValid(line[..space]) && !line[(space + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="InputException">A line is malformed.</exception>
    public static TokenizerParts Read(ReadOnlySpan<byte> bytes, string name, TokenizerSettings settings)
    {
        var ranks = ReadRanks(bytes, name);
        var lookup = ranks.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = MergeTable.FromPieces(
            ranks.Select(r => (r.Key, r.Value, r.Value)),
            (piece, start, end) => lookup.TryGetValue(piece.AsSpan(start, end - start), out int id) ? id : null);
        AddedToken[] added = [.. settings.AddedTokens()];
        if (added.Length == 0 && ranks.Count == Llama3Ranks)
            added = [.. Llama3Specials.Select((content, i) => new AddedToken(Llama3Ranks + i, content, Special: true))];
        int? begin = added.FirstOrDefault(t => t.Content is "<|begin_of_text|>")?.Id;
        return new TokenizerParts
        {
            Model = new BpeModel(new Vocabulary(ranks, name), merges, new BpeOptions { IgnoreMerges = true }),
            AddedTokens = added,
            PreTokenizer = new PreTokenizerSequence(
            [
                new PatternSplit(new WordPattern(Words, name), SplitBehavior.Isolated, invert: false),
                new ByteLevelPreTokenizer(prefixSpace: false, words: null),
            ]),
            Template = begin is { } id ? new Template([id], []) : Template.Nothing,
            Decoder = new ByteLevelDecoder(),
            Roles = new TokenRoles(begin, added.FirstOrDefault(t => t.Content is "<|end_of_text|>")?.Id),
        };
    }

    private static Dictionary<string, int> ReadRanks(ReadOnlySpan<byte> bytes, string name)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        int row = 0;
        byte[] token = new byte[1024];
        foreach (var range in bytes.Split((byte)'\n'))
        {
            row++;
            var line = bytes[range].TrimEnd("\r"u8);
            if (line.IsEmpty)
                continue;
            int space = line.IndexOf((byte)' ');
            int length = 0;
            if (space <= 0
                || Base64.DecodeFromUtf8(line[..space], token, out _, out length) is not OperationStatus.Done
                || !int.TryParse(line[(space + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int rank)
                || !ranks.TryAdd(ByteAlphabet.FromBytes(token.AsSpan(0, length)), rank))
            {
                throw new InputException($"{name}, line {row}: holds '{Encoding.UTF8.GetString(line[..Math.Min(40, line.Length)])}'; expected a new token in base64, a space and its rank.");
            }
        }

        return ranks;
    }
}
