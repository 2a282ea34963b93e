using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DpoLab.Contracts.Playground;

namespace DpoLab.Compute.Hosting;

/// <summary>
/// Answers the Playground's questions, one at a time in the order in which they came, by a process that keeps their models loaded. The process is
/// given up when a run needs its device, then the question that it was answering waits and begins anew; and when nobody has asked for a while.
/// </summary>
internal sealed class WarmModels(ServeOptions options, RunSupervisor supervisor) : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<Ticket> line = []; // the first one is being answered
    private (WarmProcess Process, DeviceLoan Loan)? warm;
    private Timer? idle;

    /// <summary>The answer, event by event. Cancelling stops it at once.</summary>
    /// <exception cref="InputException">It cannot be answered; the message says why.</exception>
    public async IAsyncEnumerable<IReadOnlyList<PlaygroundEvent>> AskAsync(PlaygroundQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<PlaygroundEvent>(new UnboundedChannelOptions { SingleReader = true });
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task answering = AnswerAsync(question, channel.Writer, left.Token);
        try
        {
            while (await channel.Reader.WaitToReadAsync(cancellationToken))
            {
                var batch = new List<PlaygroundEvent>();
                while (channel.Reader.TryRead(out var happened))
                    batch.Add(happened);
                yield return batch;
            }
        }
        finally
        {
            await left.CancelAsync();
            await answering;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        idle?.Dispose();
        Drop();
    }

    /// <summary>Never fails: how it ended is told through the channel.</summary>
    private async Task AnswerAsync(PlaygroundQuestion question, ChannelWriter<PlaygroundEvent> told, CancellationToken stop)
    {
        var ticket = Enter();
        try
        {
            await TurnAsync(ticket, told, stop);
            while (!await TryAnswerAsync(question, told, stop))
                stop.ThrowIfCancellationRequested();
            told.Complete();
        }
        catch (Exception e)
        {
            told.Complete(e);
        }
        finally
        {
            Leave(ticket);
        }
    }

    /// <summary>Asks the process. False: a run has taken the device, and the question is to be asked again.</summary>
    private async Task<bool> TryAnswerAsync(PlaygroundQuestion question, ChannelWriter<PlaygroundEvent> told, CancellationToken stop)
    {
        var process = await ReadyAsync(told, stop);
        try
        {
            await process.AskAsync(question, happened => told.TryWrite(happened), stop);
            return true;
        }
        catch (InputException) when (WasTaken(process))
        {
            return false;
        }
        finally
        {
            if (!process.IsAlive)
                Drop();
        }
    }

    private async Task<WarmProcess> ReadyAsync(ChannelWriter<PlaygroundEvent> told, CancellationToken stop)
    {
        while (true)
        {
            var changed = supervisor.Changed;
            WarmProcess? ready;
            lock (gate)
                ready = warm?.Process;
            if (ready is { IsAlive: true })
                return ready;
            Drop(); // one that died while nobody asked would keep its device
            if (supervisor.Borrow(GiveUp, out string? run) is { } loan)
                return Start(loan);
            told.TryWrite(new WaitingEvent(1, 1, run));
            await changed.WaitAsync(stop);
        }
    }

    private WarmProcess Start(DeviceLoan loan)
    {
        try
        {
            var process = WarmProcess.Start(options.DataPath, loan.Slot);
            lock (gate)
                warm = (process, loan);
            if (loan.IsTaken)
                GiveUp(loan); // a run came between the loan and the start
            return process;
        }
        catch
        {
            supervisor.Return(loan);
            throw;
        }
    }

    /// <summary>A run is about to start on the device.</summary>
    private void GiveUp(DeviceLoan loan)
    {
        lock (gate)
        {
            if (warm is not { } taken || !ReferenceEquals(taken.Loan, loan))
                return;
            taken.Process.Kill();
            warm = null;
        }
    }

    private bool WasTaken(WarmProcess process)
    {
        lock (gate)
            return warm is null || !ReferenceEquals(warm.Value.Process, process);
    }

    private void Drop()
    {
        (WarmProcess Process, DeviceLoan Loan)? dropped;
        lock (gate)
            (dropped, warm) = (warm, null);
        if (dropped is not { } gone)
            return;
        gone.Process.Dispose();
        supervisor.Return(gone.Loan);
    }

    private void DropWhenIdle()
    {
        lock (gate)
        {
            if (line.Count > 0)
                return;
        }

        Drop();
    }

    private Ticket Enter()
    {
        var ticket = new Ticket();
        lock (gate)
        {
            idle?.Dispose();
            idle = null;
            line.Add(ticket);
        }

        return ticket;
    }

    private void Leave(Ticket ticket)
    {
        lock (gate)
        {
            line.Remove(ticket);
            foreach (var other in line)
                other.Move();
            if (line.Count == 0)
                idle = new Timer(_ => DropWhenIdle(), state: null, options.WarmFor, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task TurnAsync(Ticket ticket, ChannelWriter<PlaygroundEvent> told, CancellationToken stop)
    {
        while (true)
        {
            int before;
            int waiting;
            Task moved;
            lock (gate)
                (before, waiting, moved) = (line.IndexOf(ticket), line.Count - 1, ticket.Moved);
            if (before == 0)
                return;
            told.TryWrite(new WaitingEvent(before, waiting));
            await moved.WaitAsync(stop);
        }
    }

    /// <summary>A place in the line.</summary>
    private sealed class Ticket
    {
        private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when the line moves next.</summary>
        public Task Moved => moved.Task;

        public void Move()
        {
            var before = moved;
            moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            before.SetResult();
        }
    }
}
