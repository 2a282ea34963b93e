using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>
/// The directory that is a run: whoever submits writes the spec, the process that executes it writes everything else. It lies in
/// <c>runs/</c> of a data directory, beside the runs whose artifacts it may read.
/// </summary>
internal sealed class RunDirectory
{
    public RunDirectory(string path)
    {
        FullPath = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        Id = Path.GetFileName(FullPath);
    }

    /// <summary>Absolute path.</summary>
    public string FullPath { get; }

    /// <summary>The run's id, which names the directory.</summary>
    public string Id { get; }

    /// <summary>The directory that holds this run and the others.</summary>
    public string RunsPath => Path.GetDirectoryName(FullPath) ?? FullPath;

    /// <summary>The directory that holds runs and uploads.</summary>
    public string DataPath => Path.GetDirectoryName(RunsPath) ?? RunsPath;

    public string SpecPath => Path.Combine(FullPath, "spec.json");

    public string EventsPath => Path.Combine(FullPath, "events.jsonl");

    /// <summary>Held while a line is appended; apart from the log itself, so that readers never wait.</summary>
    public string LockPath => Path.Combine(FullPath, "events.lock");

    /// <summary>Who may write: see <see cref="AttemptClaim"/>.</summary>
    public string AttemptPath => Path.Combine(FullPath, "attempt");

    public string ResultPath => Path.Combine(FullPath, "result.json");

    public string ProcessLogPath => Path.Combine(FullPath, "process.log");

    public string ArtifactsPath => Path.Combine(FullPath, "artifacts");

    public string CheckpointPath => Path.Combine(FullPath, "checkpoint");

    /// <summary>Reads what to do.</summary>
    /// <exception cref="InputException">There is no spec, or it is not one.</exception>
    public RunSpec ReadSpec()
    {
        if (!File.Exists(SpecPath))
            throw new InputException($"{FullPath} holds no spec.json. Give the directory of a run.");
        try
        {
            return JsonSerializer.Deserialize<RunSpec>(File.ReadAllBytes(SpecPath), ContractJson.Strict)
                ?? throw new InputException($"{SpecPath} is empty (null). Submit the run again.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InputException($"{SpecPath} is not a run's description: {e.Message}", e);
        }
    }
}
