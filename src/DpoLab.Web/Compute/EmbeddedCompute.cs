using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace DpoLab.Web.Compute;

/// <summary>
/// Starts a compute service on the loopback address with a token made for that start, and starts another when it dies. Runs are processes of
/// their own: they outlive both, and the next service takes them over from the data folder.
/// </summary>
public sealed class EmbeddedCompute(ComputeOptions options, LabOptions lab, ServiceBoard board, ILogger<EmbeddedCompute> log) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TimeToAnswer = TimeSpan.FromSeconds(60);
    private TaskCompletionSource<ComputeAddress> address = NewAddress();

    /// <summary>Id of the child process while there is one.</summary>
    public int? ProcessId { get; private set; }

    private string DataPath => Path.GetFullPath(options.DataDirectory ?? Path.Combine(lab.DataPath, "compute"));

    private string ProcessIdFile => Path.Combine(DataPath, "serve.pid");

    /// <summary>Where the service answers now; waits while it is being started.</summary>
    public Task<ComputeAddress> LocateAsync(CancellationToken cancellationToken) => address.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            long begun = Stopwatch.GetTimestamp();
            try
            {
                await ServeOnceAsync(stoppingToken);
                pause = Stopwatch.GetElapsedTime(begun) > LongestPause ? FirstPause : pause;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError("The compute service could not be started: {Reason}", e.Message);
                board.SetState(options.Name, ServiceState.Gone, e.Message);
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    private async Task ServeOnceAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(DataPath);
        await PreviousService.EndAsync(ProcessIdFile, cancellationToken);
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        string portFile = Path.Combine(DataPath, "serve.address");
        File.Delete(portFile);
        using Process process = Start(token, portFile);
        try
        {
            await File.WriteAllTextAsync(ProcessIdFile, process.Id.ToString(CultureInfo.InvariantCulture), cancellationToken);
            ProcessId = process.Id;
            Uri bound = await BoundAsync(process, portFile, cancellationToken);
            address.TrySetResult(new ComputeAddress(bound, token));
            await process.WaitForExitAsync(cancellationToken);
            log.LogWarning("The compute service ended with code {Code}; it is started again. Its runs go on.", process.ExitCode);
        }
        finally
        {
            ProcessId = null;
            // whoever waits for an address goes on waiting for the next
            if (address.Task.IsCompleted)
                address = NewAddress();
            if (!process.HasExited)
                UnixSignals.Terminate(process.Id);
        }
    }

    private Process Start(string token, string portFile)
    {
        var start = new ProcessStartInfo(ComputeExecutable.Find(options.Executable))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = DataPath,
        };
        foreach (string argument in (string[])
            ["serve", "--urls", "http://127.0.0.1:0", "--data", DataPath, "--port-file", portFile, "--parent-pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        // not on the command line, where every user of this machine could read it
        start.Environment["DPOLAB_COMPUTE_TOKEN"] = token;
        start.Environment.Remove("ASPNETCORE_URLS");
        Process process = Process.Start(start) ?? throw new IOException($"{start.FileName} could not be started.");
        process.OutputDataReceived += (_, line) => Forward(line.Data);
        process.ErrorDataReceived += (_, line) => Forward(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Forward(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
            log.LogInformation("{Line}", line);
    }

    private static async Task<Uri> BoundAsync(Process process, string portFile, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(TimeToAnswer);
        while (!process.HasExited)
        {
            if (File.Exists(portFile))
                return new Uri((await File.ReadAllTextAsync(portFile, late.Token)).Trim());
            await Task.Delay(20, late.Token);
        }

        throw new IOException($"The compute service ended with code {process.ExitCode} before it answered; its last lines are in this log.");
    }

    private static TaskCompletionSource<ComputeAddress> NewAddress() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
