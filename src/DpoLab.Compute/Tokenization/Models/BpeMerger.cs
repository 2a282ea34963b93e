namespace DpoLab.Compute.Tokenization.Models;

/// <summary>Applies merges to the symbols of one word.</summary>
internal static class BpeMerger
{
    /// <summary>Up to this length looking at every pair again after each merge is faster than a queue.</summary>
    private const int ShortWord = 24;

    /// <summary>Merges in place; returns how many symbols are left at the front of <paramref name="symbols"/>.</summary>
    public static int Merge(Span<int> symbols, MergeTable merges)
    {
        if (symbols.Length < 2)
            return symbols.Length;
        return symbols.Length <= ShortWord ? MergeShort(symbols, merges) : MergeLong(symbols, merges);
    }

    private static int MergeShort(Span<int> symbols, MergeTable merges)
    {
        int count = symbols.Length;
        Span<MergeTable.Merge> pairs = stackalloc MergeTable.Merge[ShortWord];
        for (int i = 0; i + 1 < count; i++)
            pairs[i] = Pair(symbols[i], symbols[i + 1], merges);
        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                if (pairs[i].Priority < pairs[best].Priority)
                    best = i;
            }

            if (pairs[best].Priority == int.MaxValue)
                break;
            symbols[best] = pairs[best].Id;
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            pairs[(best + 1)..(count - 1)].CopyTo(pairs[best..]);
            count--;
            if (best > 0)
                pairs[best - 1] = Pair(symbols[best - 1], symbols[best], merges);
            if (best + 1 < count)
                pairs[best] = Pair(symbols[best], symbols[best + 1], merges);
        }

        return count;
    }

    private static MergeTable.Merge Pair(int left, int right, MergeTable merges) =>
        merges.TryGet(left, right, out var merge) ? merge : new MergeTable.Merge(int.MaxValue, -1);

    /// <summary>O(n log n) in the number of symbols, whatever the word.</summary>
    private static int MergeLong(Span<int> symbols, MergeTable merges)
    {
        int n = symbols.Length;
        var next = new int[n];
        var previous = new int[n];
        var queue = new PriorityQueue<(int At, int Left, int Right, int Id), long>(n);
        for (int i = 0; i < n; i++)
        {
            next[i] = i + 1 < n ? i + 1 : -1;
            previous[i] = i - 1;
            Offer(symbols, i, next[i], merges, queue);
        }

        while (queue.TryDequeue(out var merge, out _))
        {
            int right = next[merge.At];
            // the pair that the entry was made for may be gone
            if (right < 0 || symbols[merge.At] != merge.Left || symbols[right] != merge.Right)
                continue;
            symbols[merge.At] = merge.Id;
            symbols[right] = -1;
            next[merge.At] = next[right];
            if (next[right] >= 0)
                previous[next[right]] = merge.At;
            if (previous[merge.At] >= 0)
                Offer(symbols, previous[merge.At], merge.At, merges, queue);
            Offer(symbols, merge.At, next[merge.At], merges, queue);
        }

        int count = 0;
        for (int i = 0; i >= 0; i = next[i])
            symbols[count++] = symbols[i];
        return count;
    }

    private static void Offer(Span<int> symbols, int at, int right, MergeTable merges, PriorityQueue<(int At, int Left, int Right, int Id), long> queue)
    {
        if (right >= 0 && merges.TryGet(symbols[at], symbols[right], out var merge))
            queue.Enqueue((at, symbols[at], symbols[right], merge.Id), ((long)merge.Priority << 32) | (uint)at);
    }
}
