using DpoLab.Compute.Tokenization.Decoders;
using DpoLab.Compute.Tokenization.Models;
using DpoLab.Compute.Tokenization.Normalizers;
using DpoLab.Compute.Tokenization.PreTokenizers;

namespace DpoLab.Compute.Tokenization.Files;

/// <summary>
/// <c>tokenizer.model</c> without a <c>tokenizer.json</c>: the SentencePiece models of Llama 2, Mistral, Gemma and DeBERTa-v3, and Llama 3's
/// list of tiktoken ranks. As in SentencePiece, special tokens that stand in a text literally are text.
/// </summary>
internal static class SentencePieceFiles
{
    private const char Space = '▁';

    public static TokenizerParts Read(string path, TokenizerSettings settings)
    {
        byte[] bytes = ReadBytes(path);
        string name = Path.GetFileName(path);
        string note = $"{name} was read without {TokenizerFolder.TokenizerJsonFile}: special tokens such as </s> are not found in texts.";
        if (TiktokenFile.Fits(bytes))
            return TiktokenFile.Read(bytes, name, settings);
        var file = SentencePieceFile.Parse(bytes, name);
        return (file.IsBpe ? Bpe(file, name, settings) : Unigram(file, name, settings)) with { Notes = [note] };
    }

    private static TokenizerParts Bpe(SentencePieceFile file, string name, TokenizerSettings settings)
    {
        var normalizers = CharacterNormalizers(file, name);
        if (file.AddDummyPrefix)
            normalizers.Add(new PrependNormalizer(Space.ToString()));
        normalizers.Add(new ReplaceNormalizer(" ", Space.ToString()));
        var decoders = new List<IDecoder> { new ReplaceDecoder(Space.ToString(), " "), new ByteFallbackDecoder(), new FuseDecoder() };
        if (file.AddDummyPrefix)
            decoders.Add(new StripDecoder(' ', 1, 0));
        return new TokenizerParts
        {
            Model = new SentencePieceModel(file.Pieces, BpeModel(file, name)),
            AddedTokens = [.. ControlTokens(file), .. ConfiguredTokens(file, settings)],
            Normalizer = new NormalizerSequence(normalizers),
            Template = new Template(
                file.BeginOfText >= 0 && (settings.Flag("add_bos_token") ?? true) ? [file.BeginOfText] : [],
                file.EndOfText >= 0 && (settings.Flag("add_eos_token") ?? false) ? [file.EndOfText] : []),
            Decoder = new DecoderSequence(decoders),
            Roles = Roles(file),
        };
    }

    private static TokenizerParts Unigram(SentencePieceFile file, string name, TokenizerSettings settings)
    {
        bool deberta = settings.TokenizerClass?.StartsWith("Deberta", StringComparison.Ordinal) ?? settings.ModelType is "deberta-v2";
        if (!deberta)
            throw new InputException($"{name}: a unigram model without {TokenizerFolder.TokenizerJsonFile} is read for DeBERTa only. Add the model's {TokenizerFolder.TokenizerJsonFile}.");
        var scheme = file.AddDummyPrefix ? PrependScheme.Always : PrependScheme.Never;
        return new TokenizerParts
        {
            Model = new UnigramModel([.. file.Pieces.Select(p => (p.Text, (double)p.Score))], file.Unknown, file.ByteFallback, name),
            AddedTokens = [.. ControlTokens(file), new AddedToken(file.Pieces.Count, "[MASK]", Special: true)],
            Normalizer = new NormalizerSequence(CharacterNormalizers(file, name)),
            PreTokenizer = new Metaspace(Space, scheme, split: true),
            Template = new Template([Required("[CLS]")], [Required("[SEP]")]),
            Decoder = new MetaspaceDecoder(Space, keepFirst: scheme is PrependScheme.Never),
            Roles = Roles(file),
        };

        int Required(string token)
        {
            for (int id = 0; id < file.Pieces.Count; id++)
            {
                if (string.Equals(file.Pieces[id].Text, token, StringComparison.Ordinal))
                    return id;
            }

            throw new InputException($"{name}: the token '{token}' is missing.");
        }
    }

    private static List<INormalizer> CharacterNormalizers(SentencePieceFile file, string name)
    {
        var normalizers = new List<INormalizer>();
        if (file.RemoveExtraWhiteSpace)
            normalizers.Add(new StripNormalizer(left: true, right: true));
        if (file.CharacterMap.Length > 0)
            normalizers.Add(new PrecompiledNormalizer(CharacterMap.Parse(file.CharacterMap, name)));
        if (file.RemoveExtraWhiteSpace)
            normalizers.Add(new PatternReplaceNormalizer(new WordPattern(" {2,}", name), " "));
        return normalizers;
    }

    private static BpeModel BpeModel(SentencePieceFile file, string name)
    {
        var all = new Dictionary<string, int>(file.Pieces.Count, StringComparer.Ordinal);
        var mergeable = new Dictionary<string, int>(file.Pieces.Count, StringComparer.Ordinal);
        for (int id = 0; id < file.Pieces.Count; id++)
        {
            all.TryAdd(file.Pieces[id].Text, id);
            if (file.Pieces[id].Type is PieceType.Normal or PieceType.UserDefined or PieceType.Unused)
                mergeable.TryAdd(file.Pieces[id].Text, id);
        }

        // the greater score first; equal scores are told apart by place alone
        float[] scores = [.. mergeable.Values.Select(id => file.Pieces[id].Score).Distinct().OrderDescending()];
        var priorities = new Dictionary<float, int>();
        for (int i = 0; i < scores.Length; i++)
            priorities[scores[i]] = i;
        var lookup = mergeable.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = MergeTable.FromPieces(
            mergeable.Select(p => (p.Key, p.Value, priorities[file.Pieces[p.Value].Score])),
            (piece, start, end) => lookup.TryGetValue(piece.AsSpan(start, end - start), out int id) ? id : null);
        return new BpeModel(
            new Vocabulary(all, name),
            merges,
            new BpeOptions { Unknown = file.Unknown, FuseUnknown = true, ByteFallback = file.ByteFallback });
    }

    private static List<AddedToken> ControlTokens(SentencePieceFile file)
    {
        var tokens = new List<AddedToken>();
        for (int id = 0; id < file.Pieces.Count; id++)
        {
            if (file.Pieces[id].Type is PieceType.Control or PieceType.Unknown)
                tokens.Add(new AddedToken(id, file.Pieces[id].Text, Special: true, FoundInText: false));
        }

        return tokens;
    }

    /// <summary>What the folder's configuration adds: tokens behind the vocabulary, and which user-defined symbols are special.</summary>
    private static IEnumerable<AddedToken> ConfiguredTokens(SentencePieceFile file, TokenizerSettings settings) =>
        from token in settings.AddedTokens()
        let behind = token.Id >= file.Pieces.Count
        where behind || (token.Special && file.Pieces[token.Id].Type is PieceType.UserDefined)
        select token with { FoundInText = behind };

    private static TokenRoles Roles(SentencePieceFile file) => new(Id(file.BeginOfText), Id(file.EndOfText), Id(file.Pad));

    private static int? Id(int id) => id < 0 ? null : id;

    private static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
