using System.Collections.Concurrent;

namespace DpoLab.Compute.Tokenization.Models;

/// <summary>Remembers the ids of words that come again and again. Bounded: text that never repeats must not fill the memory.</summary>
internal sealed class WordCache
{
    private const int LongestWord = 64;
    private const int MostWords = 100_000;
    private readonly ConcurrentDictionary<string, int[]> words = new(StringComparer.Ordinal);
    private int count;

    public bool TryGet(string word, out int[] ids)
    {
        ids = [];
        return word.Length <= LongestWord && words.TryGetValue(word, out ids!);
    }

    public void Add(string word, ReadOnlySpan<int> ids)
    {
        if (word.Length > LongestWord || Volatile.Read(ref count) >= MostWords)
            return;
        if (words.TryAdd(word, ids.ToArray()))
            Interlocked.Increment(ref count);
    }
}
