using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Contracts.Hosting;

/// <summary>
/// What the web server asks of a compute service, over SignalR at <see cref="ComputeEndpoints.Hub"/> with a bearer token.
/// Every call may be repeated without harm. Bad input is a <c>HubException</c> whose message is for people.
/// </summary>
public interface IComputeHub
{
    /// <summary>What the service is, its devices, what runs and what waits.</summary>
    Task<ServiceReport> DescribeAsync();

    /// <summary>Writes the run's directory if it is new and queues this attempt; an attempt that is known already changes nothing.</summary>
    Task SubmitAsync(RunSpec spec, int attempt);

    /// <summary>Ends a waiting run at once, a running one by SIGTERM; an ended one stays as it is.</summary>
    Task CancelAsync(string runId);

    /// <summary>Places in the queue, from 1, of the runs that wait on this service.</summary>
    Task<QueueReport> QueueAsync();

    /// <summary>
    /// The events of a run after <paramref name="afterSeq"/>, in batches as they are written, until the attempt that is newest now has
    /// finished. A run that the service does not know is an error.
    /// </summary>
    IAsyncEnumerable<IReadOnlyList<RunEvent>> FollowAsync(string runId, long afterSeq, CancellationToken cancellationToken);

    /// <summary>A message each time the queue or the load of a device changes, at most one a second.</summary>
    IAsyncEnumerable<ServiceReport> WatchAsync(CancellationToken cancellationToken);

    /// <summary>Looks at a model or scorer folder on the host.</summary>
    Task<ModelReport> InspectModelAsync(InputRef folder);

    /// <summary>Reads a dataset to its end: counts, preview, or the first bad record.</summary>
    Task<DatasetReport> InspectDatasetAsync(DatasetRef dataset, DatasetKind kind);

    /// <summary>What the models of a neurons run say about one neuron. Vectors take a second or two, texts as long as both models need to read them.</summary>
    Task<NeuronLook> LookAtNeuronAsync(NeuronQuestion question);

    /// <summary>
    /// Answers a question by models that stay loaded, one question at a time: its place while it waits, then tokens as they come. Ending the stream
    /// stops the answer at once.
    /// </summary>
    IAsyncEnumerable<IReadOnlyList<PlaygroundEvent>> PlayAsync(PlaygroundQuestion question, CancellationToken cancellationToken);

    /// <summary>Keeps a token for gated repositories of the Hugging Face hub on the host; nothing reads it back. Null forgets it.</summary>
    Task SetHubTokenAsync(string? token);
}

/// <summary>Paths that a compute service answers under; all need the bearer token, health does not.</summary>
public static class ComputeEndpoints
{
    public const string Hub = "/hub";

    /// <summary>GET: 200 when the service can take runs.</summary>
    public const string Health = "/health";

    /// <summary>GET: a file below a run's directory (<c>artifacts/…</c>, <c>process.log</c>, <c>spec.json</c>), with ranges.</summary>
    public static string RunFile(string runId, string path) => $"/runs/{Uri.EscapeDataString(runId)}/files/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>GET: a folder below a run's <c>artifacts/</c> as a tar stream.</summary>
    public static string RunFolder(string runId, string path) => $"/runs/{Uri.EscapeDataString(runId)}/folders/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>PUT: an uploaded dataset, checked against its digest; HEAD: whether it is there.</summary>
    public static string Upload(string sha256) => $"/uploads/{sha256}";
}
