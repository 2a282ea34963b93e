using System.Buffers;
using System.Runtime.CompilerServices;
using DpoLab.Compute.Runs;
using DpoLab.Contracts.Runs;
using Microsoft.Win32.SafeHandles;

namespace DpoLab.Compute.Hosting;

/// <summary>
/// Follows a log of events that another process appends to. The kernel wakes it; where it cannot (network file systems), it looks again
/// after a short while. Only whole lines are read, at most <see cref="BatchBytes"/> of them at a time.
/// </summary>
internal sealed class EventTail(RunDirectory run)
{
    private const int BatchBytes = 256 * 1024;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>The events after a number, as they are written.</summary>
    /// <param name="afterSeq">0: from the first.</param>
    /// <param name="mayEnd">Asked when everything was delivered, with the last event: whether nothing will follow.</param>
    /// <param name="cancellationToken">Ends the following.</param>
    /// <exception cref="InvalidDataException">The log is damaged: a line is no event, or numbers are missing.</exception>
    public async IAsyncEnumerable<IReadOnlyList<RunEvent>> FollowAsync(
        long afterSeq, Func<RunEvent?, bool> mayEnd, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var wake = new FileWake(run.EventsPath);
        using var file = await OpenAsync(wake, mayEnd, cancellationToken);
        if (file is null)
            yield break;
        var position = new Position(0, 0);
        RunEvent? last = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (var batch, position) = ReadBatch(file, position, afterSeq);
            if (batch.Count > 0)
            {
                last = batch[^1];
                yield return batch;
            }
            else if (!position.MoreFollows)
            {
                // what was written before the question was answered is still to be read, so look once more after a yes
                if (mayEnd(last ?? (position.Seq > 0 ? EventLog.ReadLast(run) : null)) && RandomAccess.GetLength(file) <= position.Offset)
                    yield break;
                await wake.WaitAsync(LookAgain, cancellationToken);
            }
        }
    }

    private async Task<SafeFileHandle?> OpenAsync(FileWake wake, Func<RunEvent?, bool> mayEnd, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return File.OpenHandle(run.EventsPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            }
            catch (FileNotFoundException)
            {
                if (mayEnd(null))
                    return null;
                await wake.WaitAsync(LookAgain, cancellationToken);
            }
        }
    }

    /// <summary>Reads what lies behind a position, up to the last whole line; lines up to <paramref name="afterSeq"/> are counted and left out.</summary>
    private (List<RunEvent> Batch, Position Next) ReadBatch(SafeFileHandle file, Position position, long afterSeq)
    {
        var batch = new List<RunEvent>();
        int size = BatchBytes;
        while (true)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                int read = RandomAccess.Read(file, buffer.AsSpan(0, size), position.Offset);
                int whole = buffer.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
                if (whole == 0 && read == size)
                {
                    size *= 2; // one line longer than the buffer
                    continue;
                }

                long seq = ParseLines(buffer.AsSpan(0, whole), position, afterSeq, batch);
                return (batch, new Position(position.Offset + whole, seq, MoreFollows: read == size));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private long ParseLines(ReadOnlySpan<byte> lines, Position position, long afterSeq, List<RunEvent> batch)
    {
        long seq = position.Seq;
        while (lines.Length > 0)
        {
            int end = lines.IndexOf((byte)'\n');
            seq++;
            if (seq > afterSeq)
            {
                if (EventLines.TryRead(lines[..end]) is not { } value || value.Seq != seq)
                    throw new InvalidDataException($"{run.EventsPath} is damaged: line {seq} is not event {seq}. Restore the file, or run it again under a new id.");
                batch.Add(value);
            }

            lines = lines[(end + 1)..];
        }

        return seq;
    }

    /// <summary>How far the log was read.</summary>
    /// <param name="Offset">Bytes consumed.</param>
    /// <param name="Seq">Lines consumed: events count 1, 2, 3, … and each is one line.</param>
    /// <param name="MoreFollows">True when the buffer was filled.</param>
    private readonly record struct Position(long Offset, long Seq, bool MoreFollows = false);
}
