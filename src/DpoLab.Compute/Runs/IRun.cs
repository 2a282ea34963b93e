using DpoLab.Contracts.Results;

namespace DpoLab.Compute.Runs;

/// <summary>One kind of run: the thin script that joins spec, science and report.</summary>
internal interface IRun
{
    /// <summary>What it goes through, in order.</summary>
    IReadOnlyList<RunStage> Stages { get; }

    /// <summary>The step that it goes on from, by its checkpoint; null: from the beginning.</summary>
    long? ResumesFrom(RunDirectory directory) => null;

    /// <summary>Does the work on the calling thread.</summary>
    RunResult Execute(RunContext context);
}
