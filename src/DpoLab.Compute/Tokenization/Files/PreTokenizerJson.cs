using System.Text.RegularExpressions;
using DpoLab.Compute.Tokenization.PreTokenizers;

namespace DpoLab.Compute.Tokenization.Files;

/// <summary>The <c>pre_tokenizer</c> of <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerJson
{
    public static IPreTokenizer Read(JsonPart part)
    {
        string type = part.Text("type");
        return type switch
        {
            "Sequence" => new PreTokenizerSequence([.. part.Required("pretokenizers").Items().Select(Read)]),
            "ByteLevel" => new ByteLevelPreTokenizer(
                part.Flag("add_prefix_space", true),
                part.Flag("use_regex", true) ? new WordPattern(WordPattern.Gpt2, part.Where) : null),
            "Metaspace" => ReadMetaspace(part),
            "Split" => new PatternSplit(ReadPattern(part), ReadBehavior(part), part.Flag("invert", false)),
            "BertPreTokenizer" => new PreTokenizerSequence([CharacterSplit.WhiteSpace(), CharacterSplit.Punctuation()]),
            "WhitespaceSplit" => CharacterSplit.WhiteSpace(),
            "Whitespace" => new PatternSplit(new WordPattern(@"\w+|[^\w\s]+", part.Where), SplitBehavior.Removed, invert: true),
            "Punctuation" => CharacterSplit.Punctuation(ReadBehavior(part)),
            "Digits" => CharacterSplit.Digits(part.Flag("individual_digits", false)),
            _ => throw part.Unsupported($"the pre-tokenizer '{type}'"),
        };
    }

    /// <summary>The prepend scheme of a Metaspace pre-tokenizer or decoder; older files say <c>add_prefix_space</c> instead.</summary>
    public static PrependScheme ReadScheme(JsonPart part) => part.OptionalText("prepend_scheme") switch
    {
        "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        null => part.Flag("add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never,
        var scheme => throw part.Unsupported($"the prepend scheme '{scheme}'"),
    };

    /// <summary>The character that stands for a space.</summary>
    public static char ReadReplacement(JsonPart part)
    {
        string replacement = part.OptionalText("replacement") ?? "▁";
        return replacement.Length == 1 ? replacement[0] : throw part.Unsupported($"the replacement '{replacement}'");
    }

    private static Metaspace ReadMetaspace(JsonPart part) => new(ReadReplacement(part), ReadScheme(part), part.Flag("split", true));

    private static WordPattern ReadPattern(JsonPart part)
    {
        var pattern = part.Required("pattern");
        if (pattern.IsString)
            return new WordPattern(Regex.Escape(pattern.AsText()), pattern.Where);
        if (pattern.OptionalText("String") is { } literal)
            return new WordPattern(Regex.Escape(literal), pattern.Where);
        return new WordPattern(pattern.Text("Regex"), pattern.Where);
    }

    private static SplitBehavior ReadBehavior(JsonPart part) => part.OptionalText("behavior") switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" or null => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        var behavior => throw part.Unsupported($"the behavior '{behavior}'"),
    };
}
