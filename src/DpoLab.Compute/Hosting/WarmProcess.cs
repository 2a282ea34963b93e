using System.Diagnostics;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Playground;

namespace DpoLab.Compute.Hosting;

/// <summary>The process that keeps models loaded (<see cref="WarmCommand"/>), seen from the service.</summary>
internal sealed class WarmProcess : IDisposable
{
    /// <summary>How long a stopped answer may take to end before the process is killed: a step of a large model takes seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private string lastError = "";

    private WarmProcess(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) => lastError = string.IsNullOrWhiteSpace(line.Data) ? lastError : line.Data.Trim();
        process.BeginErrorReadLine();
    }

    /// <summary>It can be asked.</summary>
    public bool IsAlive => !process.HasExited;

    /// <summary>The id of the process.</summary>
    public int Id => process.Id;

    /// <summary>Starts it on a device of the host.</summary>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static WarmProcess Start(string data, string slot)
    {
        var start = new ProcessStartInfo(OwnProgram.Command[0]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in OwnProgram.Command.Skip(1).Concat(["warm", data]))
            start.ArgumentList.Add(argument);
        start.Environment["CUDA_VISIBLE_DEVICES"] = slot.StartsWith("cuda:", StringComparison.Ordinal) ? slot["cuda:".Length..] : "";
        start.Environment.Remove(ServeCommand.TokenVariable);
        try
        {
            return new WarmProcess(Process.Start(start) ?? throw new IOException("The process that keeps models loaded could not be started."));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"The process that keeps models loaded could not be started: {e.Message}", e);
        }
    }

    /// <summary>Asks, and tells what happens until the question is done with.</summary>
    /// <exception cref="InputException">It cannot be answered, or the process has crashed; the message is for people.</exception>
    /// <exception cref="OperationCanceledException">It was stopped. The process is idle again, or dead.</exception>
    public async Task AskAsync(PlaygroundQuestion question, Action<PlaygroundEvent> tell, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(new WarmOrder(question));
        await using var stop = cancellationToken.Register(() => _ = StopAsync(done.Task));
        try
        {
            await ListenAsync(tell, cancellationToken);
        }
        finally
        {
            done.SetResult();
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Ends it at once; the device is free when this returns.</summary>
    public void Kill()
    {
        if (process.HasExited)
            return;
        process.Kill();
        process.WaitForExit(Patience);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private async Task ListenAsync(Action<PlaygroundEvent> tell, CancellationToken cancellationToken)
    {
        while (Read(await process.StandardOutput.ReadLineAsync(CancellationToken.None)) is { } reply)
        {
            if (reply.Failure is { } failure)
                throw new InputException(failure);
            if (reply.Event is null)
                return;
            if (!cancellationToken.IsCancellationRequested)
                tell(reply.Event);
        }

        Kill(); // of a process that says something else there is nothing to hope for
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        throw new InputException(
            $"The process that answers {ExitReport.OfCode(process.ExitCode).Words}.{(lastError.Length > 0 ? $" Its last words: {lastError}" : "")} "
            + "Ask again: a fresh one starts.");
    }

    /// <summary>What a line says. Null: there is no more, or it was torn when the process died.</summary>
    private static WarmReply? Read(string? line)
    {
        try
        {
            return line is null ? null : JsonSerializer.Deserialize<WarmReply>(line, ContractJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task StopAsync(Task done)
    {
        await SendAsync(new WarmOrder());
        if (await Task.WhenAny(done, Task.Delay(Patience)) != done)
            Kill();
    }

    private async Task SendAsync(WarmOrder order)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order, ContractJson.Options));
            await process.StandardInput.FlushAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // it is gone, and whoever listens to it hears that
        }
    }
}
