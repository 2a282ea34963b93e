using DpoLab.Compute.Tokenization.Files;

namespace DpoLab.Compute.Tokenization.Models;

/// <summary>SentencePiece's BPE: user-defined symbols first, the longest where several begin, then merges in what lies between them.</summary>
internal sealed class SentencePieceModel : ITokenModel
{
    private readonly BpeModel bpe;
    private readonly AddedTokenMatcher userDefined;

    public SentencePieceModel(IReadOnlyList<SentencePiece> pieces, BpeModel bpe)
    {
        this.bpe = bpe;
        userDefined = new AddedTokenMatcher(
            pieces.Select((piece, id) => (piece, id))
                .Where(p => p.piece.Type is PieceType.UserDefined)
                .Select(p => new AddedToken(p.id, p.piece.Text, Special: false)),
            content => content);
    }

    public int Size => bpe.Size;

    public int? IdOf(string token) => bpe.IdOf(token);

    public string? TokenOf(int id) => bpe.TokenOf(id);

    public void Encode(string piece, List<int> ids)
    {
        foreach (var segment in userDefined.Split(piece))
        {
            if (segment.TokenId is { } id)
                ids.Add(id);
            else
                bpe.Encode(segment.Text, ids);
        }
    }
}
