using DpoLab.Compute.Tokenization.Models;

namespace DpoLab.Compute.Tokenization.Files;

/// <summary>Reads <c>tokenizer.json</c>, the form in which the tokenizers library writes everything a tokenizer does.</summary>
internal static class TokenizerJson
{
    /// <summary>The stages that the file describes.</summary>
    /// <exception cref="InputException">It is malformed, or uses a part that is not supported, which the message names.</exception>
    public static TokenizerParts Read(string path)
    {
        var root = JsonPart.Read(path);
        var model = ReadModel(root.Required("model"));
        return new TokenizerParts
        {
            Model = model,
            AddedTokens = [.. ReadAddedTokens(root, model)],
            Normalizer = root.Optional("normalizer") is { } normalizer ? NormalizerJson.Read(normalizer) : null,
            PreTokenizer = root.Optional("pre_tokenizer") is { } preTokenizer ? PreTokenizerJson.Read(preTokenizer) : null,
            Template = root.Optional("post_processor") is { } processor ? TemplateJson.Read(processor) : Template.Nothing,
            Decoder = root.Optional("decoder") is { } decoder ? DecoderJson.Read(decoder) : null,
        };
    }

    private static ITokenModel ReadModel(JsonPart model)
    {
        // files of older versions name no type; what they hold tells
        string type = model.OptionalText("type") ?? (model.Optional("merges") is not null ? "BPE" : "WordPiece");
        return type switch
        {
            "BPE" => ReadBpe(model),
            "WordPiece" => ReadWordPiece(model),
            "Unigram" => ReadUnigram(model),
            _ => throw model.Unsupported($"the model type '{type}'"),
        };
    }

    private static BpeModel ReadBpe(JsonPart model)
    {
        foreach (string affix in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.OptionalText(affix) is { Length: > 0 } value)
                throw model.Unsupported($"'{affix}' '{value}'");
        }

        if (model.Optional("dropout") is { } dropout && dropout.AsNumber() != 0)
            throw dropout.Unsupported("random dropout of merges");
        var vocabulary = ReadVocabulary(model);
        var merges = new MergeTable();
        int priority = 0;
        foreach (var merge in model.Required("merges").Items())
        {
            var (left, right) = ReadMerge(merge);
            AddMerge(merges, vocabulary, (left, right), priority++, merge.Where);
        }

        return new BpeModel(vocabulary, merges, new BpeOptions
        {
            Unknown = model.OptionalText("unk_token") is { } unknown ? RequiredId(vocabulary, unknown, model.Where) : null,
            FuseUnknown = model.Flag("fuse_unk", false),
            ByteFallback = model.Flag("byte_fallback", false),
            IgnoreMerges = model.Flag("ignore_merges", false),
        });
    }

    /// <summary>Adds a merge whose parts and whole must be in the vocabulary.</summary>
    public static void AddMerge(MergeTable merges, Vocabulary vocabulary, (string Left, string Right) pair, int priority, string where) =>
        merges.Add(
            RequiredId(vocabulary, pair.Left, where),
            RequiredId(vocabulary, pair.Right, where),
            priority,
            RequiredId(vocabulary, pair.Left + pair.Right, where));

    private static (string Left, string Right) ReadMerge(JsonPart merge)
    {
        string[] parts = merge.IsArray ? [.. merge.Items().Select(item => item.AsText())] : merge.AsText().Split(' ');
        return parts.Length == 2 ? (parts[0], parts[1]) : throw merge.Unexpected("two tokens, as \"a b\" or [\"a\", \"b\"]");
    }

    private static WordPieceModel ReadWordPiece(JsonPart model)
    {
        var vocabulary = ReadVocabulary(model);
        return new WordPieceModel(
            vocabulary,
            RequiredId(vocabulary, model.OptionalText("unk_token") ?? "[UNK]", model.Where),
            model.OptionalText("continuing_subword_prefix") ?? "##",
            model.Optional("max_input_chars_per_word")?.AsInteger() ?? 100);
    }

    private static UnigramModel ReadUnigram(JsonPart model)
    {
        var pieces = new List<(string, double)>();
        foreach (var entry in model.Required("vocab").Items())
        {
            var pair = entry.Items().ToArray();
            if (pair.Length != 2)
                throw entry.Unexpected("a token and its score");
            pieces.Add((pair[0].AsText(), pair[1].AsNumber()));
        }

        int? unknown = model.Optional("unk_id")?.AsInteger();
        if (unknown is { } id && (id < 0 || id >= pieces.Count))
            throw new InputException($"{model.Where}: 'unk_id' is {id}, but the vocabulary has {pieces.Count} tokens.");
        if (pieces.Count == 0)
            throw new InputException($"{model.Where}: the vocabulary is empty.");
        return new UnigramModel(pieces, unknown, model.Flag("byte_fallback", false), model.Where);
    }

    private static Vocabulary ReadVocabulary(JsonPart model)
    {
        var vocabulary = model.Required("vocab");
        var ids = vocabulary.Integers();
        if (ids.Count == 0)
            throw new InputException($"{vocabulary.Where}: the vocabulary is empty.");
        return new Vocabulary(ids, vocabulary.Where);
    }

    private static int RequiredId(Vocabulary vocabulary, string token, string where) =>
        vocabulary.IdOf(token) ?? throw new InputException($"{where}: the token '{token}' is not in the vocabulary.");

    private static IEnumerable<AddedToken> ReadAddedTokens(JsonPart root, ITokenModel model)
    {
        if (root.Optional("added_tokens") is not { } list)
            yield break;
        foreach (var token in list.Items())
        {
            string content = token.Text("content");
            int id = token.Required("id").AsInteger();
            if (id < 0 || id > model.Size + 1_000_000)
                throw token.Unexpected($"an id near those of the vocabulary (0 to {model.Size - 1})");
            bool special = token.Flag("special", false);
            if (content.Length == 0)
                continue; // the library passes over empty ones too
            yield return new AddedToken(
                // a token that the vocabulary has keeps the vocabulary's id, as in the library
                model.IdOf(content) ?? id,
                content,
                special,
                token.Flag("normalized", !special),
                token.Flag("lstrip", false),
                token.Flag("rstrip", false),
                token.Flag("single_word", false));
        }
    }
}
