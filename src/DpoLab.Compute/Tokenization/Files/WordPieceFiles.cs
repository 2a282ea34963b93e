using DpoLab.Compute.Tokenization.Decoders;
using DpoLab.Compute.Tokenization.Models;
using DpoLab.Compute.Tokenization.Normalizers;
using DpoLab.Compute.Tokenization.PreTokenizers;

namespace DpoLab.Compute.Tokenization.Files;

/// <summary><c>vocab.txt</c>: BERT's WordPiece, one token a line, the line number being its id.</summary>
internal static class WordPieceFiles
{
    public static TokenizerParts Read(string folder, TokenizerSettings settings)
    {
        string path = Path.Combine(folder, "vocab.txt");
        string[] lines = TextLines.Read(path);
        var ids = new Dictionary<string, int>(lines.Length, StringComparer.Ordinal);
        // the last line ends the file
        int count = lines.Length > 0 && lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        for (int i = 0; i < count; i++)
            ids[lines[i]] = i;
        if (count == 0)
            throw new InputException($"{path}: the vocabulary is empty.");
        var vocabulary = new Vocabulary(ids, "vocab.txt");
        int unknown = Required(settings.Special("unk_token") ?? "[UNK]");
        int begin = Required(settings.Special("cls_token") ?? "[CLS]");
        int end = Required(settings.Special("sep_token") ?? "[SEP]");
        bool lowercase = settings.Flag("do_lower_case") ?? true;
        return new TokenizerParts
        {
            Model = new WordPieceModel(vocabulary, unknown, "##", 100),
            AddedTokens = [.. Specials(settings).Where(s => ids.ContainsKey(s)).Select(s => new AddedToken(ids[s], s, Special: true))],
            Normalizer = new BertNormalizer(
                cleanText: true, settings.Flag("tokenize_chinese_chars") ?? true, settings.Flag("strip_accents") ?? lowercase, lowercase),
            PreTokenizer = new PreTokenizerSequence([CharacterSplit.WhiteSpace(), CharacterSplit.Punctuation()]),
            Template = new Template([begin], [end]),
            Decoder = new WordPieceDecoder("##", cleanUp: true),
        };

        int Required(string token) => vocabulary.IdOf(token)
            ?? throw new InputException($"{path}: the token '{token}' is missing. A BERT vocabulary needs it.");
    }

    private static IEnumerable<string> Specials(TokenizerSettings settings) =>
        new[] { ("pad_token", "[PAD]"), ("unk_token", "[UNK]"), ("cls_token", "[CLS]"), ("sep_token", "[SEP]"), ("mask_token", "[MASK]") }
            .Select(role => settings.Special(role.Item1) ?? role.Item2)
            .Distinct(StringComparer.Ordinal);
}
