using System.Runtime.CompilerServices;
using DpoLab.Compute.Downloads;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using Microsoft.AspNetCore.SignalR;

namespace DpoLab.Compute.Hosting;

/// <summary>What the web server asks of this service.</summary>
internal sealed class ComputeHub(
    RunSupervisor supervisor, ServiceDescription description, Inspection inspection, NeuronLooks looks, WarmModels warm, ServeOptions options) : Hub, IComputeHub
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LoadInterval = TimeSpan.FromSeconds(2);

    public Task<ServiceReport> DescribeAsync() => Task.FromResult(description.Describe());

    public Task SubmitAsync(RunSpec spec, int attempt)
    {
        supervisor.Submit(spec, attempt);
        return Task.CompletedTask;
    }

    public Task CancelAsync(string runId)
    {
        supervisor.Cancel(runId);
        return Task.CompletedTask;
    }

    public Task<QueueReport> QueueAsync() => Task.FromResult(supervisor.Queue);

    public IAsyncEnumerable<IReadOnlyList<RunEvent>> FollowAsync(string runId, long afterSeq, CancellationToken cancellationToken)
    {
        var run = supervisor.DirectoryOf(runId);
        if (!File.Exists(run.SpecPath))
            throw new InputException($"Run {runId} is not on this compute service.");
        return InWords(new EventTail(run).FollowAsync(afterSeq, _ => supervisor.HasEnded(run), cancellationToken), cancellationToken);
    }

    public async IAsyncEnumerable<ServiceReport> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ServiceReport? last = null;
        while (true)
        {
            var changed = supervisor.Changed;
            var report = description.Describe();
            if (last is null || !ServiceDescription.LooksSame(report, last))
                yield return last = report;
            await Task.Delay(LeastPause, cancellationToken);
            await Task.WhenAny(changed, Task.Delay(LoadInterval - LeastPause, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Filters see only the call that begins a stream, so what breaks it later is put into words here.</summary>
    private static async IAsyncEnumerable<T> InWords<T>(IAsyncEnumerable<T> stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var items = stream.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await items.MoveNextAsync())
                    yield break;
            }
            catch (Exception e) when (e is InputException or InvalidDataException or IOException or UnauthorizedAccessException)
            {
                throw new HubException(e.Message, e);
            }

            yield return items.Current;
        }
    }

    public Task<ModelReport> InspectModelAsync(InputRef folder) => Task.Run(() => inspection.Model(folder, Context.ConnectionAborted), Context.ConnectionAborted);

    public Task<NeuronLook> LookAtNeuronAsync(NeuronQuestion question) => looks.AskAsync(question, Context.ConnectionAborted);

    public IAsyncEnumerable<IReadOnlyList<PlaygroundEvent>> PlayAsync(PlaygroundQuestion question, CancellationToken cancellationToken) =>
        InWords(warm.AskAsync(question, cancellationToken), cancellationToken);

    public Task<DatasetReport> InspectDatasetAsync(DatasetRef dataset, DatasetKind kind) =>
        Task.Run(() => inspection.Dataset(dataset, kind, Context.ConnectionAborted), Context.ConnectionAborted);

    public Task SetHubTokenAsync(string? token)
    {
        HubToken.Write(options.DataPath, token);
        return Task.CompletedTask;
    }
}
