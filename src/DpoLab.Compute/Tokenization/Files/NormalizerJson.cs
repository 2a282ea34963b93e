using DpoLab.Compute.Tokenization.Normalizers;
using DpoLab.Compute.Tokenization.PreTokenizers;

namespace DpoLab.Compute.Tokenization.Files;

/// <summary>The <c>normalizer</c> of <c>tokenizer.json</c>.</summary>
internal static class NormalizerJson
{
    public static INormalizer Read(JsonPart part)
    {
        string type = part.Text("type");
        return type switch
        {
            "Sequence" => new NormalizerSequence([.. part.Required("normalizers").Items().Select(Read)]),
            "Prepend" => new PrependNormalizer(part.Text("prepend")),
            "Replace" => ReadReplace(part),
            "Strip" => new StripNormalizer(part.Flag("strip_left", true), part.Flag("strip_right", true)),
            "NFC" or "NFD" => new CanonicalNormalizer(composed: type is "NFC"),
            "Lowercase" => new LowercaseNormalizer(),
            "BertNormalizer" => ReadBert(part),
            "Precompiled" => ReadPrecompiled(part),
            _ => throw part.Unsupported($"the normalizer '{type}'"),
        };
    }

    /// <summary>A literal pattern as <c>{"String": "…"}</c>, where a regular expression cannot stand.</summary>
    public static string ReadLiteral(JsonPart part)
    {
        var pattern = part.Required("pattern");
        string? literal = pattern.IsString ? pattern.AsText() : pattern.OptionalText("String");
        if (literal is { Length: > 0 })
            return literal;
        throw pattern.Unsupported("a pattern other than a literal string");
    }

    private static INormalizer ReadReplace(JsonPart part)
    {
        var pattern = part.Required("pattern");
        return pattern.IsObject && pattern.OptionalText("Regex") is { } expression
            ? new PatternReplaceNormalizer(new WordPattern(expression, pattern.Where), part.Text("content"))
            : new ReplaceNormalizer(ReadLiteral(part), part.Text("content"));
    }

    private static BertNormalizer ReadBert(JsonPart part)
    {
        bool lowercase = part.Flag("lowercase", true);
        return new BertNormalizer(
            part.Flag("clean_text", true),
            part.Flag("handle_chinese_chars", true),
            part.Flag("strip_accents", lowercase),
            lowercase);
    }

    private static PrecompiledNormalizer ReadPrecompiled(JsonPart part)
    {
        try
        {
            return new PrecompiledNormalizer(CharacterMap.Parse(Convert.FromBase64String(part.Text("precompiled_charsmap")), part.Where));
        }
        catch (FormatException e)
        {
            throw new InputException($"{part.Where}: the character map is no base64.", e);
        }
    }
}
