namespace DpoLab.Compute.Tokenization.Decoders;

/// <summary>Turns the spellings of tokens into stretches of text, which are then joined.</summary>
internal interface IDecoder
{
    List<string> Decode(List<string> tokens);
}

/// <summary>One decoder after the other.</summary>
internal sealed class DecoderSequence(IReadOnlyList<IDecoder> decoders) : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        foreach (var decoder in decoders)
            tokens = decoder.Decode(tokens);
        return tokens;
    }
}
