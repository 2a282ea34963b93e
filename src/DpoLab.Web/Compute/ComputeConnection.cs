using System.Net;
using System.Net.Http.Headers;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using Microsoft.AspNetCore.SignalR.Client;

namespace DpoLab.Web.Compute;

/// <summary>
/// Keeps one compute service connected for ever. The address is asked for anew at each try, because an embedded service that was started again
/// answers on another port with another token.
/// </summary>
public sealed class ComputeConnection(
    string name, Func<CancellationToken, Task<ComputeAddress>> locate, ServiceBoard board, ILogger<ComputeConnection> log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private volatile Connected? current;

    /// <summary>As in the configuration.</summary>
    public string Name => name;

    /// <summary>Null while not connected.</summary>
    public IComputeHub? Hub => current?.Hub;

    /// <summary>Speaks HTTP to the service with its token; null while not connected.</summary>
    public HttpClient? Files => current?.Files;

    /// <summary>Called after each time that the service was reached.</summary>
    public Action? Reached { get; set; }

    /// <summary>Connects, waits for the end of the connection, and connects again, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = FirstPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                ComputeAddress address = await locate(cancellationToken);
                await HoldAsync(address, cancellationToken);
                pause = FirstPause;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Report(e);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task HoldAsync(ComputeAddress address, CancellationToken cancellationToken)
    {
        await using HubConnection connection = Build(address);
        var closed = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Closed += error =>
        {
            closed.TrySetResult(error);
            return Task.CompletedTask;
        };
        await connection.StartAsync(cancellationToken);
        using var files = new HttpClient { BaseAddress = address.Address, Timeout = Timeout.InfiniteTimeSpan };
        files.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", address.Token);
        var hub = new ComputeHubClient(connection);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            ServiceReport report = await hub.DescribeAsync();
            current = new Connected(hub, files);
            board.SetReport(name, report);
            board.SetState(name, ServiceState.Connected, problem: null, address.Address.ToString());
            Reached?.Invoke();
            Task watching = WatchAsync(hub, ended.Token);
            await closed.Task.WaitAsync(cancellationToken);
            await ended.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            current = null;
        }

        board.SetState(name, ServiceState.Gone, "The connection ended. The lab tries again for ever; runs go on at the service.");
    }

    private async Task WatchAsync(ComputeHubClient hub, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ServiceReport report in hub.WatchAsync(cancellationToken))
                board.SetReport(name, report);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // the connection itself reports its end; a failed watch alone leaves the last report standing
            log.LogInformation("Watching the load of {Service} ended: {Reason}", name, e.Message);
        }
    }

    private void Report(Exception error)
    {
        if (error is HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden })
        {
            board.SetState(name, ServiceState.Refused, "It refused the token. Set the token that it was started with in Compute:Services.");
            return;
        }

        // the lab's own service takes a moment to start; another host that did not answer once is not there
        ServiceState state = board.Find(name) is { State: ServiceState.Connecting, Embedded: true } ? ServiceState.Connecting : ServiceState.Gone;
        log.LogInformation("{Service} cannot be reached: {Reason}", name, error.Message);
        board.SetState(name, state, $"It cannot be reached: {error.Message.TrimEnd('.')}. Look whether it runs there, at this address; the lab tries again for ever.");
    }

    private static HubConnection Build(ComputeAddress address)
    {
        HubConnection connection = new HubConnectionBuilder()
            .WithUrl(new Uri(address.Address, ComputeEndpoints.Hub), options => options.AccessTokenProvider = () => Task.FromResult<string?>(address.Token))
            .AddJsonProtocol(options => ContractJson.Tolerate(ContractJson.Configure(options.PayloadSerializerOptions)))
            .Build();
        connection.KeepAliveInterval = TimeSpan.FromSeconds(5);
        connection.ServerTimeout = TimeSpan.FromSeconds(20);
        return connection;
    }

    private sealed record Connected(IComputeHub Hub, HttpClient Files);
}
