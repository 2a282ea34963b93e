using System.Runtime.CompilerServices;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Datasets;
using DpoLab.Web.Models;
using DpoLab.Web.NeuronSets;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Playground;

/// <summary>What the Playground and the lens choose from, and the way to the models.</summary>
public sealed class PlaygroundQueries(RunQueries runs, ModelQueries models, DatasetQueries datasets, NeuronSetQueries sets, NeuronSetUploads uploads, ComputeServices services)
{
    private const int MostPairs = 50;

    /// <summary>The pair of a run, or of the newest one; null: there is none.</summary>
    /// <exception cref="NotFoundException">The run is no succeeded run of neuron statistics.</exception>
    public async Task<PlaygroundPair?> FindAsync(string? runId, CancellationToken cancellationToken = default)
    {
        string? id = runId ?? (await PairsAsync()).Select(run => run.Id).FirstOrDefault();
        if (id is null)
            return null;
        if (await runs.FindAsync(id) is not { } run)
            throw new NotFoundException($"There is no run {id} here. It may be on another lab, or the address is cut short.");
        if (run is not { Spec.Parameters: NeuronsParameters made })
            throw new NotFoundException($"Run {id} is no run of neuron statistics. Choose a pair from the list.");
        if (run.Result is not NeuronsResult result)
            throw new NotFoundException($"Run {id} has not succeeded yet. The playground needs its statistics.");
        string service = run.Summary.Service;
        var scorers = (await models.ListAsync("classifier", cancellationToken)).Where(model => model.Service == service).ToList();
        var prompts = (await datasets.ListAsync(DatasetKind.Prompts, cancellationToken)).Where(dataset => dataset.Service == service).ToList();
        return new PlaygroundPair(id, service, made, result, scorers, prompts);
    }

    /// <summary>The neuron sets that fit a pair's models, every version.</summary>
    public Task<IReadOnlyList<NeuronSetChoice>> SetsAsync(PlaygroundPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return sets.ChoicesAsync(pair.Result.Layers, pair.Result.NeuronsPerLayer);
    }

    /// <summary>Succeeded neurons runs, newest first.</summary>
    public async Task<IReadOnlyList<RunSummary>> PairsAsync() =>
        (await runs.ListAsync(new RunFilter { Kinds = [RunKind.Neurons], States = [RunState.Succeeded], Take = MostPairs })).Items;

    /// <summary>Why the models of a service cannot be asked now; null: they can.</summary>
    public string? Problem(string service) => services.List().FirstOrDefault(s => s.Name == service) switch
    {
        null => $"The compute service {service}, where these models are, is not configured in this lab.",
        { State: ServiceState.Connected } => null,
        { Problem: var problem } => $"{service}, where these models are, is not connected. {problem ?? "The lab tries again for ever."}",
    };

    /// <summary>Asks the models of a pair; ending the stream stops them.</summary>
    /// <exception cref="InputRefusedException">It cannot be answered; the message says why.</exception>
    public async IAsyncEnumerable<IReadOnlyList<PlaygroundEvent>> AskAsync(
        string service, PlaygroundQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        try
        {
            await uploads.SendAsync(question.Task.Inputs(), service, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new InputRefusedException("service", $"The neuron set could not be brought to {service}: {e.Message} Try again.");
        }

        await foreach (var batch in services.StreamAsync(service, "question", (hub, token) => hub.PlayAsync(question, token), cancellationToken))
            yield return batch;
    }
}

/// <summary>A base model and its tuned partner, measured.</summary>
/// <param name="RunId">The neurons run.</param>
/// <param name="Service">Where it was made: the models are there.</param>
/// <param name="Made">Its settings.</param>
/// <param name="Result">What it found.</param>
/// <param name="Scorers">Those of the service.</param>
/// <param name="Prompts">Datasets of prompts of the service.</param>
public sealed record PlaygroundPair(
    string RunId, string Service, NeuronsParameters Made, NeuronsResult Result, IReadOnlyList<ModelView> Scorers, IReadOnlyList<DatasetView> Prompts);
