using DpoLab.Compute.Hosting;
using DpoLab.Compute.Runs;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>Runs as jobs of a real Slurm cluster.</summary>
public sealed class SlurmTests : IAsyncLifetime
{
    private readonly TemporaryFolder data = new();
    private SlurmCluster? cluster;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SlurmCluster.IsInstalled, "Slurm's daemons are not installed (tests/tools/slurm-cluster.sh install)");
        cluster = await SlurmCluster.UpAsync(data.Combine("slurm"), Stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
            await cluster.DisposeAsync();
        data.Dispose();
    }

    [Fact]
    public async Task Submit_GoodAndBadRun_EndAsTheyMust()
    {
        await using var service = await ServeAsync();
        await service.SubmitAsync(Specs.Direction("r-good"), 1, Stop);
        await service.SubmitAsync(Specs.Direction("r-bad", InputRef.OfPath("/nowhere")), 1, Stop);

        var good = await service.FollowAsync("r-good", 0, Stop);
        var bad = await service.FollowAsync("r-bad", 0, Stop);

        Faults.AssertNumbered(good);
        Assert.Equal(RunOutcome.Succeeded, ((FinishedEvent)good[^1]).Outcome);
        Assert.Equal(RunOutcome.Failed, ((FinishedEvent)bad[^1]).Outcome);
        Assert.Contains("/nowhere does not exist", ((FinishedEvent)bad[^1]).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_RunningJob_FinishesCancelled()
    {
        await using var service = await ServeAsync();
        await service.SubmitAsync(Specs.Dpo("r-long", steps: 100_000), 1, Stop);
        var process = await Faults.WaitForStepAsync(data, "r-long", 2, Stop);

        await service.CancelAsync("r-long", Stop);

        Assert.Equal(RunOutcome.Cancelled, ((FinishedEvent)(await service.FollowAsync("r-long", 0, Stop))[^1]).Outcome);
        await ServiceProcess.WaitForAsync(() => !process.IsAlive, "the job's process is gone", Stop);
    }

    [Fact]
    public async Task KillService_JobGoesOnAndIsAdopted()
    {
        await using var first = await ServeAsync();
        await first.SubmitAsync(Specs.Dpo("r-adopted", steps: 40), 1, Stop);
        await Faults.WaitForStepAsync(data, "r-adopted", 3, Stop);
        await first.KillAsync();

        await using var second = await ServeAsync();
        var events = await second.FollowAsync("r-adopted", 0, Stop);

        Faults.AssertNumbered(events);
        Assert.Single(events.OfType<StartedEvent>());
        Assert.Equal(RunOutcome.Succeeded, ((FinishedEvent)events[^1]).Outcome);
    }

    [Fact]
    public async Task KillProcessOfAJob_NextJobGoesOnFromTheCheckpoint()
    {
        await using var service = await ServeAsync();
        await service.SubmitAsync(Specs.Dpo("r-killed", steps: 40), 1, Stop);

        await Faults.KillAsync(await Faults.WaitForStepAsync(data, "r-killed", 15, Stop), Stop);

        var events = await service.FollowAsync("r-killed", 0, Stop);
        Faults.AssertNumbered(events);
        Assert.Contains("was killed (signal 9)", Assert.Single(events.OfType<InterruptedEvent>()).Reason, StringComparison.Ordinal);
        Assert.Equal([null, 10], events.OfType<StartedEvent>().Select(e => e.ResumedFromStep));
        Assert.Equal(RunOutcome.Succeeded, ((FinishedEvent)events[^1]).Outcome);
    }

    [Fact]
    public async Task CrashNode_ClusterStartsTheJobAgainAndItGoesOn()
    {
        await using var service = await ServeAsync();
        await service.SubmitAsync(Specs.Dpo("r-moved", steps: 60), 1, Stop);
        var process = await Faults.WaitForStepAsync(data, "r-moved", 12, Stop);

        // its node and no other: the cluster needs one that is left
        await cluster!.CrashAsync(await NodeOfAsync(process), Stop);
        await ServiceProcess.WaitForAsync(() => !process.IsAlive, "the node's process is gone", Stop);

        var events = await service.FollowAsync("r-moved", 0, Stop);
        Faults.AssertNumbered(events);
        Assert.Equal(2, events.OfType<StartedEvent>().Count());
        Assert.Equal(RunOutcome.Succeeded, ((FinishedEvent)events[^1]).Outcome);
        Faults.Curves(events);
    }

    /// <summary>Where Slurm has put a job's process, as it tells the process itself.</summary>
    private static async Task<string> NodeOfAsync(ProcessIdentity process)
    {
        const string name = "SLURMD_NODENAME=";
        string environment = await File.ReadAllTextAsync($"/proc/{process.Id}/environ", Stop);
        return environment.Split('\0').Single(variable => variable.StartsWith(name, StringComparison.Ordinal))[name.Length..];
    }

    private async Task<ServiceProcess> ServeAsync()
    {
        Environment.SetEnvironmentVariable("SLURM_CONF", cluster!.Configuration);
        return await ServiceProcess.StartAsync(data.FullPath, Stop, "--executor", SlurmExecutor.Word, "--sbatch=--cpus-per-task=1");
    }
}
