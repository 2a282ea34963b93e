namespace DpoLab.Compute.Tokenization.Models;

/// <summary>Which two neighbouring tokens become which one, and how early: lower priority first, then the leftmost.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<long, Merge> merges;

    public MergeTable(int capacity = 0) => merges = new Dictionary<long, Merge>(capacity);

    /// <summary>One merge.</summary>
    public readonly record struct Merge(int Priority, int Id);

    public int Count => merges.Count;

    /// <summary>Of two entries for one pair the first counts.</summary>
    public void Add(int left, int right, int priority, int id) => merges.TryAdd(Key(left, right), new Merge(priority, id));

    public bool TryGet(int left, int right, out Merge merge) => merges.TryGetValue(Key(left, right), out merge);

    /// <summary>All merges that make a vocabulary's pieces out of two others: how SentencePiece and tiktoken files mean them.</summary>
    /// <param name="pieces">Spelling, id and priority of every piece that may be made; two may share a priority.</param>
    /// <param name="idOf">The id of a spelling that may take part in a merge.</param>
    public static MergeTable FromPieces(IEnumerable<(string Piece, int Id, int Priority)> pieces, Func<string, int, int, int?> idOf)
    {
        var table = new MergeTable();
        foreach (var (piece, id, priority) in pieces)
        {
            for (int cut = 1; cut < piece.Length; cut++)
            {
                if (idOf(piece, 0, cut) is { } left && idOf(piece, cut, piece.Length) is { } right)
                    table.Add(left, right, priority, id);
            }
        }

        return table;
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
