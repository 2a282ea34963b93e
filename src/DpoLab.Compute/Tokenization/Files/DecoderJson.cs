using DpoLab.Compute.Tokenization.Decoders;
using DpoLab.Compute.Tokenization.PreTokenizers;

namespace DpoLab.Compute.Tokenization.Files;

/// <summary>The <c>decoder</c> of <c>tokenizer.json</c>.</summary>
internal static class DecoderJson
{
    public static IDecoder Read(JsonPart part)
    {
        string type = part.Text("type");
        return type switch
        {
            "Sequence" => new DecoderSequence([.. part.Required("decoders").Items().Select(Read)]),
            "ByteLevel" => new ByteLevelDecoder(),
            "ByteFallback" => new ByteFallbackDecoder(),
            "Fuse" => new FuseDecoder(),
            "Replace" => new ReplaceDecoder(NormalizerJson.ReadLiteral(part), part.Text("content")),
            "Strip" => ReadStrip(part),
            "Metaspace" => new MetaspaceDecoder(
                PreTokenizerJson.ReadReplacement(part), PreTokenizerJson.ReadScheme(part) is PrependScheme.Never),
            "WordPiece" => new WordPieceDecoder(part.OptionalText("prefix") ?? "##", part.Flag("cleanup", true)),
            _ => throw part.Unsupported($"the decoder '{type}'"),
        };
    }

    private static StripDecoder ReadStrip(JsonPart part)
    {
        string content = part.Text("content");
        if (content.Length != 1)
            throw part.Unsupported($"stripping '{content}'");
        return new StripDecoder(content[0], part.Required("start").AsInteger(), part.Required("stop").AsInteger());
    }
}
