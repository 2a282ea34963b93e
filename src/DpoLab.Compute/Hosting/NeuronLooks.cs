using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Hosting;

/// <summary>
/// Answers questions about neurons, one at a time, each in a process of its own (<see cref="LookCommand"/>) on the CPU: the service loads no tensor,
/// no run's device is touched, and a question that fails fails alone. What a succeeded run has measured never changes, so answers are kept.
/// </summary>
internal sealed class NeuronLooks(ServeOptions options) : IDisposable
{
    private const int MostKept = 500;

    private readonly ConcurrentDictionary<NeuronQuestion, NeuronLook> kept = new();
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>The answer, now or once those before it have theirs.</summary>
    /// <exception cref="InputException">It cannot be answered; the message says why.</exception>
    public async Task<NeuronLook> AskAsync(NeuronQuestion question, CancellationToken cancellationToken)
    {
        if (kept.TryGetValue(question, out var known))
            return known;
        await turn.WaitAsync(cancellationToken);
        try
        {
            // someone else may have asked the same meanwhile
            if (kept.TryGetValue(question, out known))
                return known;
            if (kept.Count >= MostKept)
                kept.Clear();
            return kept[question] = await AnswerAsync(question, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<NeuronLook> AnswerAsync(NeuronQuestion question, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OwnProgram.Command[0]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in OwnProgram.Command.Skip(1).Concat(["look", options.DataPath]))
            start.ArgumentList.Add(argument);
        start.Environment["CUDA_VISIBLE_DEVICES"] = "";
        start.Environment.Remove(ServeCommand.TokenVariable);
        using var process = Process.Start(start) ?? throw new IOException("The process that looks at neurons could not be started.");
        await using var stop = cancellationToken.Register(() => process.Kill());
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(question, ContractJson.Options).AsMemory(), cancellationToken);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        string answer = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<NeuronLook>(answer, ContractJson.Options)!
            : throw new InputException(await errors is { Length: > 0 } reason ? reason : $"The process that looks at neurons ended with code {process.ExitCode}. It may have run out of memory.");
    }
}
