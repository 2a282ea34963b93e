namespace DpoLab.Compute.Tokenization.PreTokenizers;

/// <summary>A stretch of normalized text.</summary>
/// <param name="Text">The text.</param>
/// <param name="AtStart">True: the text that was given begins here.</param>
internal readonly record struct Piece(string Text, bool AtStart);

/// <summary>Cuts a piece into smaller ones, which the model then looks at each alone.</summary>
internal interface IPreTokenizer
{
    /// <summary>Adds the parts of <paramref name="piece"/> to <paramref name="parts"/>; empty ones are left out.</summary>
    void Split(Piece piece, List<Piece> parts);
}

/// <summary>One pre-tokenizer after the other.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> preTokenizers) : IPreTokenizer
{
    public void Split(Piece piece, List<Piece> parts)
    {
        var pieces = new List<Piece> { piece };
        foreach (var preTokenizer in preTokenizers)
        {
            var smaller = new List<Piece>(pieces.Count);
            foreach (var part in pieces)
                preTokenizer.Split(part, smaller);
            pieces = smaller;
        }

        parts.AddRange(pieces);
    }
}
