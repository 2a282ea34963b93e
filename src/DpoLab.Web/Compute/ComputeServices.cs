using System.Runtime.CompilerServices;
using DpoLab.Contracts.Hosting;
using Microsoft.AspNetCore.SignalR;

namespace DpoLab.Web.Compute;

/// <summary>The compute services of this lab, and how to ask them something.</summary>
public sealed class ComputeServices(ServiceBoard board)
{
    private readonly Dictionary<string, ComputeConnection> connections = new(StringComparer.Ordinal);

    /// <summary>Their connections, by name.</summary>
    public IReadOnlyDictionary<string, ComputeConnection> Connections => connections;

    /// <summary>As they stand now.</summary>
    public IReadOnlyList<ServiceView> List() => board.List();

    /// <summary>The connection of a service; null: not configured.</summary>
    public ComputeConnection? Find(string name) => connections.GetValueOrDefault(name);

    /// <summary>The name given, or that of the first service.</summary>
    /// <exception cref="InputRefusedException">There is no such service.</exception>
    public string NameOrDefault(string? service)
    {
        string? name = service ?? board.List().Select(s => s.Name).FirstOrDefault();
        return name is not null && connections.ContainsKey(name)
            ? name
            : throw new InputRefusedException("service", $"There is no compute service '{name}'. Choose one of: {string.Join(", ", connections.Keys)}.");
    }

    /// <summary>Asks a service something; what it refuses is an error of the field that the question is about.</summary>
    /// <exception cref="InputRefusedException">The service refused it, or is not connected.</exception>
    public async Task<T> AskAsync<T>(string? service, string field, Func<IComputeHub, Task<T>> ask, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ask);
        IComputeHub hub = Connected(service).Hub ?? throw NotConnected(service);
        try
        {
            return await ask(hub).WaitAsync(cancellationToken);
        }
        catch (HubException e)
        {
            throw new InputRefusedException(field, HubErrors.Message(e));
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw NotConnected(service);
        }
    }

    /// <summary>Asks a service for a stream; errors as for <see cref="AskAsync"/>. Ending the stream ends it at the service.</summary>
    /// <exception cref="InputRefusedException">The service refused it, or is not connected, or is gone in its middle.</exception>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        string? service, string field, Func<IComputeHub, CancellationToken, IAsyncEnumerable<T>> ask, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ask);
        IComputeHub hub = Connected(service).Hub ?? throw NotConnected(service);
        await using IAsyncEnumerator<T> items = ask(hub, cancellationToken).GetAsyncEnumerator(cancellationToken);
        Task<bool> next = Task.FromResult(true);
        try
        {
            while (await AskAsync(service, field, _ => next = items.MoveNextAsync().AsTask(), cancellationToken))
                yield return items.Current;
        }
        finally
        {
            // whoever cancels goes on at once, but a stream that is asked for its next item cannot be disposed
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends a file under its digest, unless the service has it already.</summary>
    public async Task UploadAsync(string? service, string sha256, string file, CancellationToken cancellationToken = default)
    {
        await using FileStream stream = File.OpenRead(file);
        await UploadAsync(service, sha256, stream, cancellationToken);
    }

    /// <summary>Sends bytes under their digest, unless the service has them already.</summary>
    public async Task UploadAsync(string? service, string sha256, Stream stream, CancellationToken cancellationToken = default)
    {
        HttpClient http = Connected(service).Files ?? throw NotConnected(service);
        using var head = new HttpRequestMessage(HttpMethod.Head, ComputeEndpoints.Upload(sha256));
        using HttpResponseMessage known = await http.SendAsync(head, cancellationToken);
        if (known.IsSuccessStatusCode)
            return;
        using var content = new StreamContent(stream);
        using HttpResponseMessage sent = await http.PutAsync(ComputeEndpoints.Upload(sha256), content, cancellationToken);
        if (!sent.IsSuccessStatusCode)
            throw new InputRefusedException("file", $"The compute service did not take the upload: {await sent.Content.ReadAsStringAsync(cancellationToken)}");
    }

    internal void Add(ComputeConnection connection) => connections.Add(connection.Name, connection);

    private ComputeConnection Connected(string? service) => connections[NameOrDefault(service)];

    private InputRefusedException NotConnected(string? service)
    {
        string name = NameOrDefault(service);
        return new InputRefusedException("service", $"{name} is not connected. {board.Find(name)?.Problem ?? "Wait until it is."}");
    }
}

/// <summary>What SignalR wraps around messages.</summary>
internal static class HubErrors
{
    private const string Mark = "HubException: ";

    /// <summary>The message as the compute service wrote it.</summary>
    public static string Message(HubException error)
    {
        int at = error.Message.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0 ? error.Message : error.Message[(at + Mark.Length)..];
    }
}
