using DpoLab.Compute.Tokenization.Decoders;
using DpoLab.Compute.Tokenization.Models;
using DpoLab.Compute.Tokenization.PreTokenizers;

namespace DpoLab.Compute.Tokenization.Files;

/// <summary><c>vocab.json</c> with <c>merges.txt</c>: the byte-level BPE of GPT-2 and RoBERTa.</summary>
internal static class ByteLevelFiles
{
    public static TokenizerParts Read(string folder, TokenizerSettings settings)
    {
        var vocabularyFile = JsonPart.Read(Path.Combine(folder, "vocab.json"));
        var vocabulary = new Vocabulary(vocabularyFile.Integers(), vocabularyFile.Where);
        if (vocabulary.Size == 0)
            throw new InputException($"{vocabularyFile.Where}: the vocabulary is empty.");
        var model = new BpeModel(vocabulary, ReadMerges(Path.Combine(folder, "merges.txt"), vocabulary), new BpeOptions());
        bool roberta = settings.TokenizerClass?.StartsWith("Roberta", StringComparison.Ordinal) ?? settings.ModelType is "roberta";
        return new TokenizerParts
        {
            Model = model,
            AddedTokens = [.. AddedTokens(vocabulary, settings, roberta)],
            PreTokenizer = new ByteLevelPreTokenizer(settings.Flag("add_prefix_space") ?? false, new WordPattern(WordPattern.Gpt2, folder)),
            Template = roberta ? RobertaTemplate(vocabulary, vocabularyFile.Where) : Template.Nothing,
            Decoder = new ByteLevelDecoder(),
        };
    }

    private static MergeTable ReadMerges(string path, Vocabulary vocabulary)
    {
        var merges = new MergeTable();
        int row = 0;
        foreach (string line in TextLines.Read(path))
        {
            row++;
            if ((row == 1 && line.StartsWith("#version", StringComparison.Ordinal)) || line.Length == 0)
                continue;
            string[] pair = line.Split(' ');
            if (pair.Length != 2)
                throw new InputException($"merges.txt, line {row}: holds '{line}'; expected two tokens with a space between them.");
            TokenizerJson.AddMerge(merges, vocabulary, (pair[0], pair[1]), merges.Count, $"merges.txt, line {row}");
        }

        return merges;
    }

    private static IEnumerable<AddedToken> AddedTokens(Vocabulary vocabulary, TokenizerSettings settings, bool roberta)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in settings.AddedTokens())
        {
            if (seen.Add(token.Content))
                yield return token;
        }

        string[] roles = ["bos_token", "eos_token", "unk_token", "pad_token", "cls_token", "sep_token", "mask_token"];
        // a bare pair of files does not say which of its tokens are special; with a model type beside it, that type's usual ones are
        string[] usual = roberta ? ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
            : settings.TokenizerClass is not null || settings.ModelType is not null ? ["<|endoftext|>"] : [];
        foreach (string content in roles.Select(settings.Special).OfType<string>().Concat(usual))
        {
            if (vocabulary.IdOf(content) is { } id && seen.Add(content))
                yield return new AddedToken(id, content, Special: true, StripLeft: content is "<mask>");
        }
    }

    private static Template RobertaTemplate(Vocabulary vocabulary, string where)
    {
        return new Template([Required("<s>")], [Required("</s>")]);

        int Required(string token) => vocabulary.IdOf(token)
            ?? throw new InputException($"{where}: a RoBERTa vocabulary needs the token '{token}'.");
    }
}
