using System.Net;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Neurons;

/// <summary>
/// The neuron tables that people look at, fetched once from the compute service and shared by all viewers. What a succeeded run has written never
/// changes, so a table is dropped only for newer ones.
/// </summary>
public sealed class NeuronTables(RunQueries runs, ComputeServices services)
{
    /// <summary>About 50 MB each at 458,752 neurons.</summary>
    private const int MostTables = 6;

    private readonly Lock gate = new();
    private readonly LinkedList<(string RunId, Task<NeuronTable> Table)> kept = new();

    /// <summary>The table of a run.</summary>
    /// <exception cref="NotFoundException">There is no such run, or it is of another kind.</exception>
    /// <exception cref="InputRefusedException">It has not succeeded, its service is not connected, or its file is broken.</exception>
    public Task<NeuronTable> GetAsync(string runId)
    {
        lock (gate)
        {
            for (var node = kept.First; node is not null; node = node.Next)
            {
                if (node.Value.RunId != runId)
                    continue;
                kept.Remove(node);
                if (node.Value.Table is { IsFaulted: true } or { IsCanceled: true })
                    break;
                kept.AddFirst(node);
                return node.Value.Table;
            }

            Task<NeuronTable> table = Task.Run(() => ReadAsync(runId));
            kept.AddFirst((runId, table));
            while (kept.Count > MostTables)
                kept.RemoveLast();
            return table;
        }
    }

    private async Task<NeuronTable> ReadAsync(string runId)
    {
        RunView run = await runs.FindAsync(runId) ?? throw RunCommands.Missing(runId);
        if (run.Spec.Parameters is not NeuronsParameters)
            throw new NotFoundException($"Run {runId} is no run of neuron statistics. Choose one from the list of neurons.");
        if (run.Status.State is not RunState.Succeeded)
            throw new InputRefusedException("run", $"Run {runId} has not succeeded ({run.Status.State.ToString().ToLowerInvariant()}). Its neurons are here when it has.");
        HttpClient files = services.Find(run.Summary.Service)?.Files
            ?? throw new InputRefusedException("service", $"{run.Summary.Service} is not connected, and the neurons of {runId} are there. Try again when it is.");
        try
        {
            byte[] bytes = await files.GetByteArrayAsync(new Uri(ComputeEndpoints.RunFile(runId, "artifacts/" + Artifacts.Neurons), UriKind.Relative));
            return NeuronTable.Read(bytes);
        }
        catch (InvalidDataException e)
        {
            throw new InputRefusedException("file", $"The neurons of {runId} cannot be read. {e.Message}");
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.NotFound)
        {
            throw new InputRefusedException("file", $"The neurons of {runId} are not on {run.Summary.Service} any more: the artifacts of the run were deleted there. Clone the run to measure them again.");
        }
        catch (HttpRequestException e)
        {
            throw new InputRefusedException("file", $"The neurons of {runId} did not come from {run.Summary.Service}: {e.Message}");
        }
    }
}
