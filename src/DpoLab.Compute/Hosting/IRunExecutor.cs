using DpoLab.Compute.Runs;

namespace DpoLab.Compute.Hosting;

/// <summary>Starts the process of a run somewhere and finds it again.</summary>
internal interface IRunExecutor
{
    /// <summary>The word by which it is chosen.</summary>
    string Name { get; }

    /// <summary>Names of what one run at a time can have: <c>cpu</c>, <c>cuda:0</c>, …</summary>
    IReadOnlyList<string> Slots { get; }

    /// <summary>Starts <c>dpolab-compute run</c> for a directory.</summary>
    /// <exception cref="IOException">It cannot be started; the message is for people.</exception>
    IStartedRun Start(RunDirectory run, string slot);

    /// <summary>Finds a run that another instance of the service has started.</summary>
    /// <returns>Null: it is not there any more.</returns>
    IStartedRun? Adopt(RunDirectory run, RunPlace place);
}

/// <summary>A run's process, wherever it is.</summary>
internal interface IStartedRun : IDisposable
{
    /// <summary>By what <see cref="IRunExecutor.Adopt"/> finds it; null: the run's own claim is enough.</summary>
    string? Handle { get; }

    /// <summary>Asks it to end (SIGTERM).</summary>
    void Terminate();

    /// <summary>Ends it (SIGKILL).</summary>
    void Kill();

    /// <summary>Completes when it is gone.</summary>
    Task<ExitReport> WaitAsync(CancellationToken cancellationToken);
}

/// <summary>How a process ended, as far as it can be seen.</summary>
/// <param name="Signal">The signal that killed it; null: none, or not known.</param>
/// <param name="Code">Its exit code; null: not known.</param>
internal sealed record ExitReport(int? Signal, int? Code)
{
    public static ExitReport Unknown { get; } = new(null, null);

    /// <summary>What a cluster says about it.</summary>
    public string? ClusterState { get; init; }

    /// <summary>How a shell and .NET write both in one number.</summary>
    public static ExitReport OfCode(int code) => code > 128 ? new ExitReport(code - 128, null) : new ExitReport(null, code);

    /// <summary>As part of a sentence: “was killed (signal 9)”.</summary>
    public string Words => ClusterState is null ? OwnWords : $"{OwnWords} ({ClusterState})";

    private string OwnWords => this switch
    {
        { Signal: 9 } => "was killed (signal 9), probably because memory ran out",
        { Signal: 15 } => "was ended from outside (signal 15)",
        { Signal: 6 } => "aborted (signal 6)",
        { Signal: 11 } => "crashed (signal 11)",
        { Signal: { } signal } => $"was ended by signal {signal}",
        { Code: { } code } => $"ended with code {code}",
        _ => "disappeared while the compute service was away",
    };
}
