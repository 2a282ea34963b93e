namespace DpoLab.Compute.Tokenization;

/// <summary>On which side rows are filled up.</summary>
public enum PaddingSide
{
    Left,
    Right,
}

/// <summary>Rows of token ids, filled up to the longest.</summary>
/// <param name="Ids">[rows · columns] int64, row after row.</param>
/// <param name="Mask">1 for tokens, 0 for filling, in the same order.</param>
/// <param name="Rows">B.</param>
/// <param name="Columns">T.</param>
public sealed record TokenBatch(long[] Ids, long[] Mask, int Rows, int Columns)
{
    /// <summary>Fills up rows with <paramref name="pad"/>. No rows or only empty ones make a batch without columns.</summary>
    public static TokenBatch Of(IReadOnlyList<int[]> rows, int pad, PaddingSide side)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int columns = rows.Select(r => r.Length).DefaultIfEmpty(0).Max();
        long[] ids = new long[rows.Count * columns];
        long[] mask = new long[rows.Count * columns];
        Array.Fill(ids, pad);
        for (int row = 0; row < rows.Count; row++)
        {
            int start = (row * columns) + (side is PaddingSide.Left ? columns - rows[row].Length : 0);
            for (int i = 0; i < rows[row].Length; i++)
            {
                ids[start + i] = rows[row][i];
                mask[start + i] = 1;
            }
        }

        return new TokenBatch(ids, mask, rows.Count, columns);
    }
}
