using System.Text.Json;
using DpoLab.Compute.Runs;
using DpoLab.Contracts;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DpoLab.Compute.Hosting;

/// <summary>
/// Takes runs, keeps them in order, starts one on each device and one download beside them, and knows the outcome of each, whatever is killed. All that it must
/// remember lies in the runs' directories.
/// </summary>
internal sealed partial class RunSupervisor(ServeOptions options, IRunExecutor executor, ILogger<RunSupervisor> logger) : IHostedService, IDisposable
{
    private const int MostRestarts = 2;
    private readonly LocalExecutor network = new([LocalExecutor.Network]);
    private readonly Lock gate = new();
    private readonly Dictionary<string, SupervisedRun> runs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long lastOrder;

    /// <summary>What runs and what waits, in the order in which it will start.</summary>
    public QueueReport Queue
    {
        get
        {
            lock (gate)
            {
                return new QueueReport
                {
                    Running = [.. InState(PlaceState.Running).Select(r => r.Directory.Id)],
                    Waiting = [.. InState(PlaceState.Waiting).Select(r => r.Directory.Id)],
                };
            }
        }
    }

    /// <summary>Completes at the next change of the queue.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
                return changed.Task;
        }
    }

    /// <summary>The directory of a run.</summary>
    /// <exception cref="InputException">The id cannot name a run.</exception>
    public RunDirectory DirectoryOf(string id) => RunIds.IsValid(id)
        ? new RunDirectory(Path.Combine(InputResolver.RunsPath(options.DataPath), id))
        : throw new InputException($"“{id}” is not the id of a run: letters, digits and dashes.");

    /// <summary>True when nothing more will be written about a run unless it is submitted again.</summary>
    public bool HasEnded(RunDirectory run)
    {
        lock (gate)
            return !runs.ContainsKey(run.Id);
    }

    /// <summary>Writes the run's directory if it is new and queues this attempt; a known attempt changes nothing.</summary>
    /// <exception cref="InputException">It cannot be taken; the message says why and what to do.</exception>
    public void Submit(RunSpec spec, int attempt)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var run = DirectoryOf(spec.Id);
        lock (gate)
        {
            var place = runs.GetValueOrDefault(run.Id)?.Place ?? RunPlace.Read(run);
            if (place?.Submission >= attempt || runs.GetValueOrDefault(run.Id)?.NextSubmission >= attempt)
                return;
            if (runs.TryGetValue(run.Id, out var busy))
            {
                if (busy.Place.State is PlaceState.Waiting || OwnEnd(busy) is null)
                    throw new InputException($"Run {run.Id} is still {(busy.Place.State is PlaceState.Waiting ? "waiting" : "running")}. Cancel it before it is tried again.");
                busy.NextSubmission = attempt;
                return;
            }

            RefuseWhenDiskIsFull();
            WriteSpec(run, spec);
            Enqueue(run, attempt, needsNoDevice: spec.Parameters is DownloadParameters);
        }
    }

    /// <summary>Ends a waiting run at once, a running one by SIGTERM, after a while SIGKILL; an ended one stays as it is.</summary>
    /// <exception cref="InputException">The service does not know the run.</exception>
    public void Cancel(string id)
    {
        var run = DirectoryOf(id);
        lock (gate)
        {
            if (!runs.TryGetValue(id, out var found))
            {
                if (RunPlace.Read(run) is null)
                    throw new InputException($"Run {id} is not on this compute service.");
                return;
            }

            if (found.Place.State is PlaceState.Waiting)
            {
                AppendEnd(found, new FinishedEvent { Outcome = RunOutcome.Cancelled, Reason = "Cancelled while it waited." });
                End(found);
                return;
            }

            if (found.Place.CancelRequested)
                return;
            found.Move(found.Place with { CancelRequested = true });
            Terminate(found);
        }
    }

    /// <summary>Goes on with what an earlier instance of the service left.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        string folder = InputResolver.RunsPath(options.DataPath);
        Directory.CreateDirectory(folder);
        lock (gate)
        {
            var left = Directory.EnumerateDirectories(folder)
                .Select(path => new RunDirectory(path))
                .Select(run => (Run: run, Place: ReadPlace(run)))
                .Where(found => found.Place is not null and not { State: PlaceState.Ended })
                .OrderBy(found => found.Place!.Order);
            foreach (var (run, place) in left)
                Recover(new SupervisedRun(run, place!));
            StartWaiting();
        }

        return Task.CompletedTask;
    }

    /// <summary>Lets go of the runs: their processes go on, and the next instance of the service finds them.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) => await stopping.CancelAsync();

    public void Dispose()
    {
        stopping.Dispose();
        foreach (var run in runs.Values)
            run.Started?.Dispose();
    }

    private IEnumerable<SupervisedRun> InState(PlaceState state) => runs.Values.Where(r => r.Place.State == state).OrderBy(r => r.Place.Order);

    private void RefuseWhenDiskIsFull()
    {
        long free = new DriveInfo(options.DataPath).AvailableFreeSpace;
        if (free < options.LeastFreeBytes)
        {
            throw new InputException(
                $"The disk of {Environment.MachineName} that holds {options.DataPath} has {free >> 20} MB left; a run needs at least {options.LeastFreeBytes >> 20} MB. "
                + "Delete old runs or move the data directory, then submit again.");
        }
    }

    private static void WriteSpec(RunDirectory run, RunSpec spec)
    {
        Directory.CreateDirectory(run.FullPath);
        if (!File.Exists(run.SpecPath))
        {
            AtomicFile.WriteJson(run.SpecPath, spec, ContractJson.Indented);
            return;
        }

        // compared as JSON: records that hold lists are never equal
        if (JsonSerializer.Serialize(run.ReadSpec(), ContractJson.Options) != JsonSerializer.Serialize(spec, ContractJson.Options))
            throw new InputException($"Run {run.Id} exists with other settings. Submit the changed settings as a new run.");
    }

    private RunPlace? ReadPlace(RunDirectory run)
    {
        try
        {
            return RunPlace.Read(run);
        }
        catch (JsonException e)
        {
            LogUnreadable(run.Id, e.Message);
            return null;
        }
    }

    private void Pulse()
    {
        var before = changed;
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        before.SetResult();
    }

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Error, Message = "Run {Run}: queue.json cannot be read, so the run is left alone: {Problem}")]
    private partial void LogUnreadable(string run, string problem);

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Information, Message = "Run {Run}: {What}")]
    private partial void LogChange(string run, string what);

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Error, Message = "Run {Run}: the outcome could not be written: {Problem}")]
    private partial void LogNotWritten(string run, string problem);
}
