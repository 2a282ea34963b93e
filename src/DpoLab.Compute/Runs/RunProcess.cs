using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Runs;

/// <summary>Executes the run of one directory in this process, on a thread of its own (tensors' scopes belong to threads).</summary>
internal sealed class RunProcess(RunDirectory run, EventLog log)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>The next start of the run in a directory, to its end.</summary>
    /// <returns>An exit code of <see cref="ExitCode"/>.</returns>
    public static ExitCode Execute(string directory, CancellationToken cancellation)
    {
        var run = new RunDirectory(directory);
        if (!File.Exists(run.SpecPath))
        {
            Console.Error.WriteLine($"{run.FullPath} holds no spec.json. Give the directory of a run.");
            return ExitCode.Usage;
        }

        using var log = EventLog.BeginAttempt(run);
        var process = new RunProcess(run, log);
        var code = ExitCode.Failed;
        var thread = new Thread(() => code = process.ExecuteOnThisThread(cancellation), maxStackSize: 16 << 20) { Name = "run" };
        thread.Start();
        thread.Join();
        return code;
    }

    private ExitCode ExecuteOnThisThread(CancellationToken cancellation)
    {
        try
        {
            ArtifactWriter.RemoveUnfinished(run);
            var result = Work(cancellation);
            AtomicFile.WriteJson(run.ResultPath, result, Contracts.ContractJson.Indented);
            var code = Finish(RunOutcome.Succeeded, reason: null, result);
            if (Directory.Exists(run.CheckpointPath))
                Directory.Delete(run.CheckpointPath, recursive: true); // nobody goes on from it any more, and it is as large as the model
            return code;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Finish(RunOutcome.Cancelled, "Cancelled while it ran.");
        }
        catch (AttemptSupersededException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Superseded;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            return Finish(RunOutcome.Failed, FailureReason.Of(e, run));
        }
    }

    private RunResult Work(CancellationToken cancellation)
    {
        var spec = run.ReadSpec();
        var errors = spec.Parameters.Validate();
        if (errors.Count > 0)
            throw new InputException(string.Join(" ", errors.Select(e => $"{e.Field}: {e.Message}")));
        var kind = RunKinds.Create(spec.Parameters);
        var inputs = new InputResolver(run.DataPath);
        var digests = inputs.Digests(spec.Parameters.Inputs(), cancellation);
        var device = cuda.is_available() ? CUDA : CPU;
        log.Append(new StartedEvent
        {
            Host = Environment.MachineName,
            Device = Hardware.Describe(device),
            ProcessId = Environment.ProcessId,
            Versions = Versions(),
            Stages = [.. kind.Stages.Select(s => s.Name)],
            Digests = digests,
            ResumedFromStep = kind.ResumesFrom(run),
        });
        var report = new RunReport(log, kind.Stages);
        random.manual_seed(spec.Parameters.Seed);
        return kind.Execute(new RunContext
        {
            Spec = spec,
            Directory = run,
            Inputs = inputs,
            Digests = digests,
            Report = report,
            Artifacts = new ArtifactWriter(run, report),
            Device = device,
            Cancellation = cancellation,
        });
    }

    private ExitCode Finish(RunOutcome outcome, string? reason, RunResult? result = null)
    {
        ArtifactWriter.RemoveUnfinished(run);
        try
        {
            log.Append(
                new FinishedEvent
                {
                    Outcome = outcome,
                    Reason = reason,
                    Result = result,
                    Seconds = clock.Elapsed.TotalSeconds,
                    PeakMemoryBytes = ProcessFacts.PeakMemoryBytes(),
                },
                flushToDisk: true);
        }
        catch (AttemptSupersededException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Superseded;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Id}: {outcome} after {clock.Elapsed.TotalSeconds:F1} s. {reason}"));
        return outcome switch
        {
            RunOutcome.Succeeded => ExitCode.Succeeded,
            RunOutcome.Cancelled => ExitCode.Cancelled,
            _ => ExitCode.Failed,
        };
    }

    private static Dictionary<string, string> Versions() => new(StringComparer.Ordinal)
    {
        ["DpoLab"] = VersionOf(typeof(RunProcess)),
        [".NET"] = Environment.Version.ToString(),
        ["TorchSharp"] = VersionOf(typeof(Tensor)),
        ["libtorch"] = __version__,
    };

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}

/// <summary>How a process says how its run ended; the event log says it too, unless the process was killed.</summary>
internal enum ExitCode
{
    Succeeded = 0,
    Failed = 1,
    Usage = 2,
    Cancelled = 3,

    /// <summary>A newer start of the run has taken over.</summary>
    Superseded = 75,
}
