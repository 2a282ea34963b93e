namespace DpoLab.Compute.Hosting;

/// <summary>How a compute service is set up.</summary>
internal sealed record ServeOptions
{
    /// <summary>Addresses to listen on, separated by semicolons; port 0 takes a free one.</summary>
    public required string Urls { get; init; }

    /// <summary>Folder of runs and uploads.</summary>
    public required string DataPath { get; init; }

    /// <summary>What callers must show.</summary>
    public required string Token { get; init; }

    /// <summary>File that gets the bound address as soon as the service answers; null: none.</summary>
    public string? PortFile { get; init; }

    /// <summary>The service ends when this process is gone; null: it goes on.</summary>
    public int? ParentProcessId { get; init; }

    /// <summary>Below so many free bytes no run is taken.</summary>
    public long LeastFreeBytes { get; init; } = 512L << 20;

    /// <summary>How long a cancelled run may take to end before it is killed.</summary>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the Playground's models stay loaded after the last question.</summary>
    public TimeSpan WarmFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Where runs execute: <c>local</c> or <c>slurm</c>.</summary>
    public string Executor { get; init; } = LocalExecutor.Word;

    /// <summary>Slurm: jobs in the cluster's hands at once.</summary>
    public int MostJobs { get; init; } = 32;

    /// <summary>Slurm: options of sbatch.</summary>
    public IReadOnlyList<string> SbatchOptions { get; init; } = [];
}
