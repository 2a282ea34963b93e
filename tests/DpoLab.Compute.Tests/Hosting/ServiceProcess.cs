using System.Diagnostics;
using System.Net.Http.Headers;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>The real <c>dpolab-compute serve</c> in a process of its own, and a caller with its token.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    public const string Token = "test-token";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5); // a loaded machine is no failure, and Slurm waits two minutes before it starts a lost job again
    private readonly Process process;
    private readonly StringWriter output = new();

    private ServiceProcess(Process process, Uri address, HubConnection hub)
    {
        (this.process, Address, Hub) = (process, address, hub);
        Http = new HttpClient { BaseAddress = address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public Uri Address { get; }

    public HubConnection Hub { get; }

    public HttpClient Http { get; }

    public int Id => process.Id;

    /// <summary>What it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Starts the service over a data folder and connects to it.</summary>
    public static Task<ServiceProcess> StartAsync(string data, CancellationToken cancellationToken, params string[] arguments) =>
        StartAsync(data, cancellationToken, new Dictionary<string, string>(), arguments);

    /// <summary>Starts the service with more variables in its environment.</summary>
    public static async Task<ServiceProcess> StartAsync(
        string data, CancellationToken cancellationToken, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        string portFile = Path.Combine(data, $"address-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "dpolab-compute"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])["serve", "--urls", "http://127.0.0.1:0", "--data", data, "--port-file", portFile, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["DPOLAB_COMPUTE_TOKEN"] = Token;
        start.Environment["OMP_NUM_THREADS"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var started = Process.Start(start)!;
        await WaitForAsync(() => File.Exists(portFile) || started.HasExited, "the service answers", cancellationToken);
        var address = new Uri(await File.ReadAllTextAsync(portFile, cancellationToken));
        var service = new ServiceProcess(started, address, Connect(address, Token));
        started.OutputDataReceived += (_, line) => service.Print(line.Data);
        started.ErrorDataReceived += (_, line) => service.Print(line.Data);
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        await service.Hub.StartAsync(cancellationToken);
        return service;
    }

    /// <summary>A connection that shows a token.</summary>
    public static HubConnection Connect(Uri address, string token) => new HubConnectionBuilder()
        .WithUrl(new Uri(address, ComputeEndpoints.Hub), http => http.AccessTokenProvider = () => Task.FromResult<string?>(token))
        .AddJsonProtocol(json => ContractJson.Configure(json.PayloadSerializerOptions))
        .Build();

    /// <summary>Waits until something holds; the test fails when it does not come to hold.</summary>
    public static async Task WaitForAsync(Func<bool> holds, string what, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < Patience, $"waited {Patience.TotalSeconds:F0} s in vain: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    public Task SubmitAsync(RunSpec spec, int attempt, CancellationToken cancellationToken) =>
        Hub.InvokeAsync(nameof(IComputeHub.SubmitAsync), spec, attempt, cancellationToken);

    public Task CancelAsync(string id, CancellationToken cancellationToken) =>
        Hub.InvokeAsync(nameof(IComputeHub.CancelAsync), id, cancellationToken);

    public Task<QueueReport> QueueAsync(CancellationToken cancellationToken) =>
        Hub.InvokeAsync<QueueReport>(nameof(IComputeHub.QueueAsync), cancellationToken);

    /// <summary>The events after a number, until the newest attempt has finished.</summary>
    public async Task<List<RunEvent>> FollowAsync(string id, long after, CancellationToken cancellationToken)
    {
        var events = new List<RunEvent>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        await foreach (var batch in Hub.StreamAsync<IReadOnlyList<RunEvent>>(nameof(IComputeHub.FollowAsync), id, after, patience.Token))
            events.AddRange(batch);
        return events;
    }

    /// <summary>Submits a run and follows it to its end, which must be a success.</summary>
    /// <returns>Its events, the last of which holds the result.</returns>
    public async Task<List<RunEvent>> SucceedAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        await SubmitAsync(spec, 1, cancellationToken);
        var events = await FollowAsync(spec.Id, 0, cancellationToken);
        Faults.AssertNumbered(events);
        var end = (FinishedEvent)events[^1];
        Assert.True(end.Outcome is RunOutcome.Succeeded, end.Reason);
        return events;
    }

    /// <summary>Kills the service alone, as a crash would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        Http.Dispose();
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
        await output.DisposeAsync();
    }

    private void Print(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.WriteLine(line);
    }
}
