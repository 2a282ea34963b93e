using System.Buffers;
using DpoLab.Contracts.Runs;
using Microsoft.Win32.SafeHandles;

namespace DpoLab.Compute.Runs;

/// <summary>
/// Appends to <c>events.jsonl</c>. Numbers count 1, 2, 3, … over all attempts; a line is written whole or cut off again; a writer whose
/// attempt is not the newest writes nothing.
/// </summary>
internal sealed class EventLog : IDisposable
{
    private readonly RunDirectory run;
    private readonly AttemptClaim claim;
    private readonly SafeFileHandle lockFile;
    private readonly FileStream log;
    private readonly Lock gate = new();
    private long length;

    private EventLog(RunDirectory run, Func<RunDirectory, AttemptClaim> claimed)
    {
        this.run = run;
        lockFile = FileLock.Open(run.LockPath);
        log = new FileStream(run.EventsPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        using (FileLock.Take(lockFile))
        {
            claim = claimed(run);
            CutTornEnd();
        }
    }

    /// <summary>Which start of the run this writer speaks for.</summary>
    public int Attempt => claim.Attempt;

    /// <summary>The last event in the log when it was opened or last appended to; null: none.</summary>
    public RunEvent? Last { get; private set; }

    /// <summary>Begins the next start of the run: whoever wrote before writes no more.</summary>
    public static EventLog BeginAttempt(RunDirectory run) => new(run, directory =>
    {
        var next = new AttemptClaim((AttemptClaim.Read(directory)?.Attempt ?? 0) + 1, ProcessIdentity.Own);
        next.Write(directory);
        return next;
    });

    /// <summary>Speaks for the process of the newest start, which is gone: it writes no more, should it live on somewhere.</summary>
    public static EventLog CloseAttempt(RunDirectory run) => new(run, directory =>
    {
        var closed = (AttemptClaim.Read(directory) ?? new AttemptClaim(1, ProcessIdentity.Own)) with { Closed = true };
        closed.Write(directory);
        return closed;
    });

    /// <summary>The last whole event of a run's log; null: none.</summary>
    public static RunEvent? ReadLast(RunDirectory run)
    {
        try
        {
            using var stream = new FileStream(run.EventsPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return EventLines.FindLast(stream).Event;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Gives each event its number, attempt and time, and appends them in one piece.</summary>
    /// <param name="events">In the order in which they are numbered.</param>
    /// <param name="flushToDisk">True: return when a power cut cannot take them any more.</param>
    /// <exception cref="AttemptSupersededException">A newer start has taken over; nothing was written.</exception>
    /// <exception cref="IOException">The disk is full or gone; nothing stays written.</exception>
    public void Append(IReadOnlyList<RunEvent> events, bool flushToDisk = false)
    {
        if (events.Count == 0)
            return;
        lock (gate)
        {
            using (FileLock.Take(lockFile))
            {
                var newest = AttemptClaim.Read(run);
                if (newest != claim)
                    throw new AttemptSupersededException(run.Id, claim.Attempt, newest);
                if (log.Length != length)
                    CutTornEnd();
                WriteLines(events);
            }

            if (flushToDisk)
                log.Flush(flushToDisk: true);
        }
    }

    /// <inheritdoc cref="Append(IReadOnlyList{RunEvent}, bool)"/>
    public void Append(RunEvent value, bool flushToDisk = false) => Append([value], flushToDisk);

    public void Dispose()
    {
        log.Dispose();
        lockFile.Dispose();
    }

    private void WriteLines(IReadOnlyList<RunEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>();
        long seq = Last?.Seq ?? 0;
        var now = DateTimeOffset.UtcNow;
        RunEvent? last = null;
        foreach (var value in events)
        {
            last = value with { Seq = ++seq, Attempt = claim.Attempt, Time = now };
            EventLines.Write(buffer, last);
        }

        try
        {
            RandomAccess.Write(log.SafeFileHandle, buffer.WrittenSpan, length);
        }
        catch
        {
            log.SetLength(length);
            throw;
        }

        length += buffer.WrittenCount;
        Last = last;
    }

    /// <summary>Goes to the end of the last whole event and removes what a killed writer left behind it.</summary>
    private void CutTornEnd()
    {
        (Last, length) = EventLines.FindLast(log);
        if (log.Length != length)
            log.SetLength(length);
    }
}
