using System.Collections.Concurrent;

namespace DpoLab.Web.Live;

/// <summary>
/// Keeps what was read for a topic until the topic changes, so that fifty viewers of one run cost one query a change. Concurrent readers share
/// one read; a read that failed is not kept.
/// </summary>
public sealed class SignalledCache(LabSignals signals)
{
    private const int MostEntries = 512;
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>The value for <paramref name="key"/>, read again only if <paramref name="topic"/> changed since.</summary>
    public Task<T> GetAsync<T>(string topic, string key, Func<Task<T>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        long version = signals.Version(topic);
        if (entries.TryGetValue(key, out Entry? found) && found.Version == version && found.Value is Lazy<Task<T>> kept && !Failed(kept))
            return kept.Value;
        if (entries.Count >= MostEntries)
            entries.Clear();
        var fresh = new Lazy<Task<T>>(read);
        Entry stored = entries.AddOrUpdate(
            key,
            _ => new Entry(version, fresh),
            (_, old) => old.Version >= version && old.Value is Lazy<Task<T>> other && !Failed(other) ? old : new Entry(version, fresh));
        return ((Lazy<Task<T>>)stored.Value).Value;
    }

    private static bool Failed<T>(Lazy<Task<T>> kept) => kept.IsValueCreated && (kept.Value.IsFaulted || kept.Value.IsCanceled);

    private sealed record Entry(long Version, object Value);
}
