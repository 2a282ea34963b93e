using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace DpoLab.Web.Live;

/// <summary>Signals as a stream, for server-sent events.</summary>
public static class SignalReading
{
    /// <summary>Reads at once and after each change of the topics, at most ten times a second, until <paramref name="last"/> says that nothing more will come.</summary>
    public static async IAsyncEnumerable<T> ReadOnChangeAsync<T>(
        this LabSignals signals, IReadOnlyList<string> topics, Func<Task<T>> read, Func<T, bool> last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signals);
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(last);
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using IDisposable watch = signals.Watch(topics, () =>
        {
            changes.Writer.TryWrite(true);
            return Task.CompletedTask;
        });
        while (true)
        {
            T now = await read();
            yield return now;
            if (last(now))
                yield break;
            await changes.Reader.ReadAsync(cancellationToken);
        }
    }
}
