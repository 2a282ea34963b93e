using System.Text.Json;
using DpoLab.Contracts;

namespace DpoLab.Compute.Runs;

/// <summary>
/// The content of <c>attempt</c>: which start of the run may write. Two copies of one run can live at once (a cluster starts a job again
/// while a node that lost the network goes on with it), so each start takes the next number, and a process whose number is not the
/// newest stops.
/// </summary>
/// <param name="Attempt">Number of the start, from 1.</param>
/// <param name="Process">Who took it.</param>
/// <param name="Closed">True: the supervisor has spoken for the process; it may not write any more.</param>
internal sealed record AttemptClaim(int Attempt, ProcessIdentity Process, bool Closed = false)
{
    /// <summary>The newest claim; null: the run was never started.</summary>
    public static AttemptClaim? Read(RunDirectory run)
    {
        try
        {
            return JsonSerializer.Deserialize<AttemptClaim>(File.ReadAllBytes(run.AttemptPath), ContractJson.Options);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes this the newest claim.</summary>
    public void Write(RunDirectory run) => AtomicFile.WriteJson(run.AttemptPath, this);
}

/// <summary>A newer start of the run has taken over: this process must stop without another word.</summary>
internal sealed class AttemptSupersededException(string runId, int attempt, AttemptClaim? newest)
    : Exception(
        $"Run {runId}: start {attempt} is no longer the newest ({(newest is null ? "the claim is gone" : newest.Closed ? $"{newest.Attempt} was closed" : $"{newest.Attempt} took over")}); this process stops.");
