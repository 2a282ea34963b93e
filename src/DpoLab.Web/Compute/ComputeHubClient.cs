using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using Microsoft.AspNetCore.SignalR.Client;

namespace DpoLab.Web.Compute;

/// <summary>The contract with a compute service, spoken over a SignalR connection.</summary>
internal sealed class ComputeHubClient(HubConnection connection) : IComputeHub
{
    /// <inheritdoc/>
    public Task<ServiceReport> DescribeAsync() => connection.InvokeAsync<ServiceReport>(nameof(DescribeAsync));

    /// <inheritdoc/>
    public Task SubmitAsync(RunSpec spec, int attempt) => connection.InvokeAsync(nameof(SubmitAsync), spec, attempt);

    /// <inheritdoc/>
    public Task CancelAsync(string runId) => connection.InvokeAsync(nameof(CancelAsync), runId);

    /// <inheritdoc/>
    public Task<QueueReport> QueueAsync() => connection.InvokeAsync<QueueReport>(nameof(QueueAsync));

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<RunEvent>> FollowAsync(string runId, long afterSeq, CancellationToken cancellationToken) =>
        connection.StreamAsync<IReadOnlyList<RunEvent>>(nameof(FollowAsync), runId, afterSeq, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ServiceReport> WatchAsync(CancellationToken cancellationToken) =>
        connection.StreamAsync<ServiceReport>(nameof(WatchAsync), cancellationToken);

    /// <inheritdoc/>
    public Task<ModelReport> InspectModelAsync(InputRef folder) => connection.InvokeAsync<ModelReport>(nameof(InspectModelAsync), folder);

    /// <inheritdoc/>
    public Task<NeuronLook> LookAtNeuronAsync(NeuronQuestion question) => connection.InvokeAsync<NeuronLook>(nameof(LookAtNeuronAsync), question);

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<PlaygroundEvent>> PlayAsync(PlaygroundQuestion question, CancellationToken cancellationToken) =>
        connection.StreamAsync<IReadOnlyList<PlaygroundEvent>>(nameof(PlayAsync), question, cancellationToken);

    /// <inheritdoc/>
    public Task<DatasetReport> InspectDatasetAsync(DatasetRef dataset, DatasetKind kind) =>
        connection.InvokeAsync<DatasetReport>(nameof(InspectDatasetAsync), dataset, kind);

    /// <inheritdoc/>
    public Task SetHubTokenAsync(string? token) => connection.InvokeAsync(nameof(SetHubTokenAsync), token);
}
