using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace DpoLab.Web.Live;

/// <summary>Tells pages that something changed. Subscribers are signalled and pull; a signal is never awaited by who gives it.</summary>
public sealed class LabSignals
{
    private readonly ConcurrentDictionary<string, Topic> topics = new(StringComparer.Ordinal);

    /// <summary>Counts the changes of a topic, so that what was read can be kept until the next one.</summary>
    public long Version(string topic) => topics.TryGetValue(topic, out Topic? found) ? Interlocked.Read(ref found.Version) : 0;

    /// <summary>Says that <paramref name="topic"/> changed. Call it after the change is committed.</summary>
    public void Publish(string topic)
    {
        Topic found = topics.GetOrAdd(topic, static _ => new Topic());
        Interlocked.Increment(ref found.Version);
        foreach (Action listener in found.Listeners)
            listener();
    }

    /// <summary>Calls <paramref name="listener"/> on every change, on the changing thread: it must return at once and not throw.</summary>
    /// <returns>Ends the subscription when disposed.</returns>
    public IDisposable Subscribe(string topic, Action listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Topic found = topics.GetOrAdd(topic, static _ => new Topic());
        ImmutableInterlocked.Update(ref found.Listeners, static (list, added) => list.Add(added), listener);
        return new Subscription(found, listener);
    }

    /// <summary>
    /// Calls <paramref name="refresh"/> after changes of any of <paramref name="topics"/>, at most ten times a second: the first at once, the
    /// last never dropped, one call at a time. In a component: <c>Signals.Watch([Topics.Run(Id)], () => InvokeAsync(LoadAsync))</c>.
    /// </summary>
    public IDisposable Watch(IEnumerable<string> topics, Func<Task> refresh)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var throttler = new CallbackThrottler(CallbackThrottler.RenderInterval, refresh);
        return new Watched(throttler, [.. topics.Select(topic => Subscribe(topic, throttler.Signal))]);
    }

    private sealed class Topic
    {
        public long Version;
        public ImmutableArray<Action> Listeners = [];
    }

    private sealed class Subscription(Topic topic, Action listener) : IDisposable
    {
        public void Dispose() =>
            ImmutableInterlocked.Update(ref topic.Listeners, static (list, gone) => list.Remove(gone), listener);
    }

    private sealed class Watched(CallbackThrottler throttler, IReadOnlyList<IDisposable> subscriptions) : IDisposable
    {
        public void Dispose()
        {
            foreach (IDisposable subscription in subscriptions)
                subscription.Dispose();
            throttler.Dispose();
        }
    }
}
