using System.Text.Json;
using DpoLab.Compute.Runs;
using DpoLab.Contracts;

namespace DpoLab.Compute.Hosting;

/// <summary>Where a run stands with its service.</summary>
internal enum PlaceState
{
    Waiting,
    Running,
    Ended,
}

/// <summary>The supervisor's own note in a run's directory (<c>queue.json</c>): with these alone it goes on after its own end.</summary>
internal sealed record RunPlace
{
    public const string FileName = "queue.json";

    public required PlaceState State { get; init; }

    /// <summary>The greatest attempt that was submitted: the same again changes nothing.</summary>
    public required int Submission { get; init; }

    /// <summary>Runs start in the order of this number.</summary>
    public required long Order { get; init; }

    /// <summary>The newest start of the run before this submission's next one; a greater one belongs to it.</summary>
    public int AttemptBefore { get; init; }

    /// <summary>Automatic starts after a death without a word.</summary>
    public int Restarts { get; init; }

    public bool CancelRequested { get; init; }

    /// <summary>A download: it needs the network of the service's own host, and no device.</summary>
    public bool NeedsNoDevice { get; init; }

    /// <summary>Device that the run has.</summary>
    public string? Device { get; init; }

    /// <summary>By what the executor finds it again.</summary>
    public string? Handle { get; init; }

    /// <summary>The note of a run; null: the service does not know it.</summary>
    public static RunPlace? Read(RunDirectory run)
    {
        try
        {
            return JsonSerializer.Deserialize<RunPlace>(File.ReadAllBytes(Path.Combine(run.FullPath, FileName)), ContractJson.Options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Write(RunDirectory run) => AtomicFile.WriteJson(Path.Combine(run.FullPath, FileName), this);
}
