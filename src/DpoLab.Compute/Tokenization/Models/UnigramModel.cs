using System.Text;

namespace DpoLab.Compute.Tokenization.Models;

/// <summary>SentencePiece's unigram model: of all ways to cut a piece, the one with the greatest sum of log-probabilities (Viterbi).</summary>
internal sealed class UnigramModel : ITokenModel
{
    /// <summary>How much worse than the worst token an unknown character is, as in SentencePiece.</summary>
    private const double UnknownPenalty = 10;

    private readonly Vocabulary vocabulary;
    private readonly double[] scores;
    private readonly int? unknown;
    private readonly double unknownScore;
    private readonly int longest;
    private readonly int?[]? byteIds;
    private readonly WordCache cache = new();

    public UnigramModel(IReadOnlyList<(string Token, double Score)> pieces, int? unknown, bool byteFallback, string where)
    {
        var ids = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        for (int id = 0; id < pieces.Count; id++)
            ids[pieces[id].Token] = id;
        vocabulary = new Vocabulary(ids, where);
        scores = [.. pieces.Select(p => p.Score)];
        this.unknown = unknown;
        unknownScore = scores.Min() - UnknownPenalty;
        longest = pieces.Max(p => p.Token.Length);
        byteIds = byteFallback ? vocabulary.ByteIds() : null;
    }

    public int Size => scores.Length;

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
        foreach (var (start, end) in BestCut(piece))
            AddToken(piece.AsSpan(start, end - start), ids);
        cache.Add(piece, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids)[before..]);
    }

    /// <summary>The parts of the best cut, in order; neighbouring unknown characters are one part.</summary>
    private List<(int Start, int End)> BestCut(string piece)
    {
        var best = new (double Score, int From, bool Unknown)[piece.Length + 1];
        Array.Fill(best, (0, -1, false), 1, piece.Length);
        for (int start = 0, length; start < piece.Length; start += length)
        {
            length = Utf16.RuneLength(piece, start);
            double here = best[start].Score;
            bool single = false;
            for (int n = 1; n <= Math.Min(longest, piece.Length - start); n++)
            {
                if (vocabulary.IdOf(piece.AsSpan(start, n)) is not { } id)
                    continue;
                Offer(ref best[start + n], here + scores[id], start, isUnknown: id == unknown);
                single |= n == length;
            }

            if (!single)
                Offer(ref best[start + length], here + unknownScore, start, isUnknown: true);
        }

        var parts = new List<(int Start, int End)>();
        bool afterUnknown = false;
        for (int end = piece.Length; end > 0; end = best[end].From)
        {
            if (best[end].Unknown && afterUnknown)
                parts[^1] = (best[end].From, parts[^1].End);
            else
                parts.Add((best[end].From, end));
            afterUnknown = best[end].Unknown;
        }

        parts.Reverse();
        return parts;
    }

    private static void Offer(ref (double Score, int From, bool Unknown) place, double score, int from, bool isUnknown)
    {
        if (place.From < 0 || score > place.Score)
            place = (score, from, isUnknown);
    }

    private void AddToken(ReadOnlySpan<char> part, List<int> ids)
    {
        if (vocabulary.IdOf(part) is { } id)
        {
            ids.Add(id);
            return;
        }

        byte[] bytes = byteIds is null ? [] : Encoding.UTF8.GetBytes(part.ToArray());
        if (bytes.Length > 0 && bytes.All(b => byteIds![b] is not null))
            ids.AddRange(bytes.Select(b => byteIds![b]!.Value));
        else if (unknown is { } token)
            ids.Add(token);
    }
}
