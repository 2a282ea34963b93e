namespace DpoLab.Compute.Tokenization.Models;

/// <summary>BERT's WordPiece: the longest token that fits, then the longest continuation, and so on; a word that does not come out is unknown.</summary>
internal sealed class WordPieceModel(Vocabulary vocabulary, int unknown, string prefix, int longestWord) : ITokenModel
{
    private readonly WordCache cache = new();
    private readonly int longestToken = vocabulary.All.Max(t => t.Key.Length);

    public int Size => vocabulary.Size;

    public int? IdOf(string token) => vocabulary.IdOf(token);

    public string? TokenOf(int id) => vocabulary.TokenOf(id);

    public void Encode(string piece, List<int> ids)
    {
        if (cache.TryGet(piece, out int[] known))
        {
            ids.AddRange(known);
            return;
        }

        int before = ids.Count;
        if (Characters(piece) > longestWord || !TryEncode(piece, ids))
        {
            ids.RemoveRange(before, ids.Count - before);
            ids.Add(unknown);
        }

        cache.Add(piece, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids)[before..]);
    }

    private bool TryEncode(string piece, List<int> ids)
    {
        Span<char> candidate = new char[prefix.Length + piece.Length];
        prefix.CopyTo(candidate);
        for (int start = 0; start < piece.Length;)
        {
            int skip = start == 0 ? prefix.Length : 0;
            piece.AsSpan(start).CopyTo(candidate[prefix.Length..]);
            int length = Math.Min(piece.Length - start, longestToken);
            int? id = null;
            for (; length > 0; length--)
            {
                id = vocabulary.IdOf(candidate[skip..(prefix.Length + length)]);
                if (id is not null)
                    break;
            }

            if (id is null)
                return false;
            ids.Add(id.Value);
            start += length;
        }

        return true;
    }

    private static int Characters(string piece) => piece.Length - piece.Count(char.IsLowSurrogate);
}
