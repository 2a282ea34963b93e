using System.Diagnostics;
using DpoLab.Compute.Hosting;
using DpoLab.Compute.Runs;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>What the tests of faults share.</summary>
internal static class Faults
{
    /// <summary>Waits until a training has made a step, and gives the process that makes it.</summary>
    public static async Task<ProcessIdentity> WaitForStepAsync(TemporaryFolder data, string id, long step, CancellationToken cancellationToken)
    {
        var run = DirectoryOf(data, id);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        Directory.CreateDirectory(run.FullPath);
        await foreach (var batch in new EventTail(run).FollowAsync(0, _ => false, patience.Token))
        {
            var ended = batch.OfType<FinishedEvent>().FirstOrDefault();
            Assert.True(ended is null, $"the run ended before step {step}: {ended?.Reason}");
            if (batch.OfType<MetricEvent>().Any(m => m.Step >= step))
                break;
        }

        return AttemptClaim.Read(run)!.Process;
    }

    /// <summary>Kills a process and waits until it is gone.</summary>
    public static async Task KillAsync(ProcessIdentity process, CancellationToken cancellationToken)
    {
        Signals.Send(process.Id, Signals.Kill);
        await ServiceProcess.WaitForAsync(() => !process.IsAlive, "the killed process is gone", cancellationToken);
    }

    /// <summary>Numbers count 1, 2, 3, … and attempts never go back.</summary>
    public static void AssertNumbered(IReadOnlyList<RunEvent> events)
    {
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Seq));
        Assert.Equal(events.Select(e => e.Attempt).Order(), events.Select(e => e.Attempt));
    }

    /// <summary>The curves of a training as a store that upserts by name and step sees them; a point told twice must say the same.</summary>
    public static Dictionary<(string Name, long Step), double> Curves(IEnumerable<RunEvent> events)
    {
        var curves = new Dictionary<(string, long), double>();
        foreach (var point in events.OfType<MetricEvent>().Where(m => m.Name != MetricNames.Train + MetricNames.TokensPerSecond))
        {
            if (curves.TryGetValue((point.Name, point.Step), out double before))
                Assert.Equal(before, point.Value);
            curves[(point.Name, point.Step)] = point.Value;
        }

        return curves;
    }

    public static RunDirectory DirectoryOf(TemporaryFolder data, string id) => new(data.Combine("runs", id));

    /// <summary>Executes a run's directory by hand, as the cluster or a person does.</summary>
    public static Process RunByHand(RunDirectory run)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "dpolab-compute"))
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("run");
        start.ArgumentList.Add(run.FullPath);
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }
}
