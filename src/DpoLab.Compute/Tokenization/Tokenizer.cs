using DpoLab.Compute.Tokenization.Files;
using DpoLab.Compute.Tokenization.PreTokenizers;

namespace DpoLab.Compute.Tokenization;

/// <summary>
/// Text to token ids and back, as the Hugging Face tokenizers library does it from the same files. Safe for use from several threads.
/// No input string makes it throw: a lone surrogate counts as U+FFFD, since it has no UTF-8 form.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerParts parts;
    private readonly AddedTokenMatcher rawMatcher;
    private readonly AddedTokenMatcher normalizedMatcher;
    private readonly HashSet<int> specials;
    private readonly Dictionary<int, string> addedById;

    internal Tokenizer(TokenizerParts parts)
    {
        this.parts = parts;
        rawMatcher = new AddedTokenMatcher(parts.AddedTokens.Where(t => !t.Normalized), content => content);
        normalizedMatcher = new AddedTokenMatcher(
            parts.AddedTokens.Where(t => t.Normalized),
            content => parts.Normalizer?.Normalize(content) ?? content);
        specials = [.. parts.AddedTokens.Where(t => t.Special).Select(t => t.Id)];
        addedById = [];
        foreach (var token in parts.AddedTokens)
            addedById[token.Id] = token.Content;
        VocabularySize = Math.Max(parts.Model.Size, addedById.Keys.Select(id => id + 1).DefaultIfEmpty(0).Max());
        foreach (int id in parts.Template.Before.Concat(parts.Template.After))
        {
            if (id < 0 || id >= VocabularySize)
                throw new InputException($"The tokenizer's template adds the token {id}, but there are {VocabularySize} tokens.");
        }
    }

    /// <summary>The token that ends a text; null: the folder names none.</summary>
    public int? EndOfText => parts.Roles.EndOfText;

    /// <summary>The token that begins a text; null: the folder names none.</summary>
    public int? BeginOfText => parts.Roles.BeginOfText;

    /// <summary>The padding token; null: the folder names none (GPT-2 and Llama models have none; any id serves where a mask is given).</summary>
    public int? Pad => parts.Roles.Pad;

    /// <summary>The greatest id that can be encoded or decoded, plus 1.</summary>
    public int VocabularySize { get; }

    /// <summary>The longest sequence that the folder says the model takes (<c>model_max_length</c>); null: not said.</summary>
    public int? MaxLength => parts.Roles.MaxLength;

    /// <summary>How many special tokens <see cref="Encode(string, bool)"/> adds to a text.</summary>
    public int AddedBySpecialTokens => parts.Template.Added;

    /// <summary>What a person should know about how the folder was read, such as which of two files counted.</summary>
    public IReadOnlyList<string> Notes => parts.Notes;

    /// <summary>Reads the tokenizer of a Hugging Face style folder.</summary>
    /// <exception cref="InputException">A file is missing or malformed, or uses a part that is not supported, named in the message.</exception>
    public static Tokenizer Load(string folder) => new(TokenizerFolder.Read(folder));

    /// <summary>The token ids of a text.</summary>
    /// <param name="text">Any string. Special tokens that stand in it literally count as such.</param>
    /// <param name="specialTokens">Adds what the folder's template adds around a text (begin of text, <c>[CLS]</c>, …).</param>
    public int[] Encode(string text, bool specialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = EncodePlain(text);
        return specialTokens ? parts.Template.Apply(ids) : [.. ids];
    }

    /// <summary>The token ids of a text, its end cut off so that at most <paramref name="maxLength"/> ids come out, special tokens included.</summary>
    public int[] EncodeCut(string text, int maxLength, bool specialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        var ids = EncodePlain(text);
        int room = Math.Max(0, maxLength - (specialTokens ? parts.Template.Added : 0));
        if (ids.Count > room)
            ids.RemoveRange(room, ids.Count - room);
        return specialTokens ? parts.Template.Apply(ids) : [.. ids];
    }

    /// <summary>The text of token ids. Ids that name no token are passed over.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecialTokens">Leaves out special tokens.</param>
    public string Decode(IReadOnlyList<int> ids, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var tokens = new List<string>(ids.Count);
        foreach (int id in ids)
        {
            if (!(skipSpecialTokens && specials.Contains(id)) && TokenOf(id) is { } token)
                tokens.Add(token);
        }

        return parts.Decoder is null ? string.Join(' ', tokens) : string.Concat(parts.Decoder.Decode(tokens));
    }

    /// <summary>
    /// The text that <paramref name="newIds"/> add after <paramref name="promptIds"/>. Some decoders drop a space at the beginning of any
    /// text, and a character's bytes can be spread over the border, so both are decoded together and the prompt's text is cut off.
    /// </summary>
    public string DecodeContinuation(IReadOnlyList<int> promptIds, IReadOnlyList<int> newIds, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(promptIds);
        ArgumentNullException.ThrowIfNull(newIds);
        if (newIds.Count == 0)
            return string.Empty;
        string before = Decode(promptIds, skipSpecialTokens).TrimEnd(Utf16.Replacement);
        string all = Decode([.. promptIds, .. newIds], skipSpecialTokens);
        int common = before.AsSpan().CommonPrefixLength(all);
        return all[common..];
    }

    /// <summary>True for special tokens, such as begin and end of text.</summary>
    public bool IsSpecial(int id) => specials.Contains(id);

    /// <summary>The token's spelling in the vocabulary; null: no such id.</summary>
    public string? TokenOf(int id) => addedById.GetValueOrDefault(id) ?? parts.Model.TokenOf(id);

    /// <summary>The id of a token by its spelling in the vocabulary; null: no such token.</summary>
    public int? IdOf(string token) =>
        parts.AddedTokens.FirstOrDefault(t => string.Equals(t.Content, token, StringComparison.Ordinal))?.Id ?? parts.Model.IdOf(token);

    private List<int> EncodePlain(string text)
    {
        text = Utf16.WithoutLoneSurrogates(text);
        var ids = new List<int>((text.Length / 3) + 4);
        foreach (var segment in rawMatcher.Split(text))
        {
            if (segment.TokenId is { } id)
                ids.Add(id);
            else
                EncodeSegment(segment.Text, segment.Start == 0, ids);
        }

        return ids;
    }

    private void EncodeSegment(string text, bool atStart, List<int> ids)
    {
        string normalized = parts.Normalizer?.Normalize(text) ?? text;
        foreach (var segment in normalizedMatcher.Split(normalized))
        {
            if (segment.TokenId is { } id)
                ids.Add(id);
            else
                EncodePieces(new Piece(segment.Text, atStart && segment.Start == 0), ids);
        }
    }

    private void EncodePieces(Piece piece, List<int> ids)
    {
        if (parts.PreTokenizer is null)
        {
            parts.Model.Encode(piece.Text, ids);
            return;
        }

        var pieces = new List<Piece>();
        parts.PreTokenizer.Split(piece, pieces);
        foreach (var part in pieces)
            parts.Model.Encode(part.Text, ids);
    }
}
