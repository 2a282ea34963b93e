using DpoLab.Compute.Runs;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>Anything may be killed at any moment: the outcome is known, nothing is lost or doubled, training goes on.</summary>
public sealed class FaultTests : IDisposable
{
    private const int Steps = 60;
    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task KillRun_InTraining_GoesOnFromItsCheckpoint()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SubmitAsync(Specs.Dpo("r-undisturbed", Steps), 1, Stop);
        await service.SubmitAsync(Specs.Dpo("r-killed", Steps), 1, Stop);

        await Faults.KillAsync(await Faults.WaitForStepAsync(data, "r-killed", 25, Stop), Stop);

        var events = await service.FollowAsync("r-killed", 0, Stop);
        Faults.AssertNumbered(events);
        Assert.Contains("was killed (signal 9)", Assert.Single(events.OfType<InterruptedEvent>()).Reason, StringComparison.Ordinal);
        Assert.Equal([null, 20], events.OfType<StartedEvent>().Select(e => e.ResumedFromStep));
        Assert.Equal(RunOutcome.Succeeded, ((FinishedEvent)events[^1]).Outcome);
        Assert.Equal(Faults.Curves(await service.FollowAsync("r-undisturbed", 0, Stop)), Faults.Curves(events));
    }

    [Fact]
    public async Task KillRun_ThreeTimes_FailsAndSaysWhereARetryGoesOn()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SubmitAsync(Specs.Dpo("r-killed", steps: 100_000), 1, Stop);

        foreach (int step in new[] { 12, 22, 32 })
            await Faults.KillAsync(await Faults.WaitForStepAsync(data, "r-killed", step, Stop), Stop);

        var events = await service.FollowAsync("r-killed", 0, Stop);
        Faults.AssertNumbered(events);
        Assert.Equal(2, events.OfType<InterruptedEvent>().Count());
        var end = Assert.IsType<FinishedEvent>(events[^1]);
        Assert.Equal(RunOutcome.Failed, end.Outcome);
        Assert.Contains("was killed (signal 9), probably because memory ran out, 3 times in a row", end.Reason, StringComparison.Ordinal);
        Assert.Contains("goes on from the checkpoint at step 30", end.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KillService_InTraining_RunGoesOnAndIsAdopted()
    {
        await using var first = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await first.SubmitAsync(Specs.Dpo("r-adopted", Steps), 1, Stop);
        await first.SubmitAsync(Specs.Direction("r-waits"), 1, Stop);
        var process = await Faults.WaitForStepAsync(data, "r-adopted", 5, Stop);

        await first.KillAsync();
        Assert.True(process.IsAlive, "the run's process has died with the service");
        await using var second = await ServiceProcess.StartAsync(data.FullPath, Stop);

        Assert.Equal(["r-adopted"], (await second.QueueAsync(Stop)).Running);
        var events = await second.FollowAsync("r-adopted", 0, Stop);
        Faults.AssertNumbered(events);
        Assert.Single(events.OfType<StartedEvent>());
        Assert.Equal(RunOutcome.Succeeded, ((FinishedEvent)events[^1]).Outcome);
        Assert.Equal(RunOutcome.Succeeded, ((FinishedEvent)(await second.FollowAsync("r-waits", 0, Stop))[^1]).Outcome);
    }

    [Fact]
    public async Task KillService_ThenRun_NextServiceStartsItAgain()
    {
        await using var first = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await first.SubmitAsync(Specs.Dpo("r-both", Steps), 1, Stop);
        var process = await Faults.WaitForStepAsync(data, "r-both", 15, Stop);
        await first.KillAsync();
        await Faults.KillAsync(process, Stop);
        await File.AppendAllTextAsync(Faults.DirectoryOf(data, "r-both").EventsPath, "{\"type\":\"metric\",\"name\":\"torn", Stop);

        await using var second = await ServiceProcess.StartAsync(data.FullPath, Stop);
        var events = await second.FollowAsync("r-both", 0, Stop);

        Faults.AssertNumbered(events);
        Assert.Contains("disappeared while the compute service was away", Assert.Single(events.OfType<InterruptedEvent>()).Reason, StringComparison.Ordinal);
        Assert.Equal([null, 10], events.OfType<StartedEvent>().Select(e => e.ResumedFromStep));
        Assert.Equal(RunOutcome.Succeeded, ((FinishedEvent)events[^1]).Outcome);
        Faults.Curves(events);
    }

    [Fact]
    public async Task CancelRun_AfterServiceWasKilled_EndsTheAdoptedProcess()
    {
        await using var first = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await first.SubmitAsync(Specs.Dpo("r-orphan", steps: 100_000), 1, Stop);
        var process = await Faults.WaitForStepAsync(data, "r-orphan", 2, Stop);
        await first.KillAsync();
        await using var second = await ServiceProcess.StartAsync(data.FullPath, Stop);

        await second.CancelAsync("r-orphan", Stop);

        Assert.Equal(RunOutcome.Cancelled, ((FinishedEvent)(await second.FollowAsync("r-orphan", 0, Stop))[^1]).Outcome);
        await ServiceProcess.WaitForAsync(() => !process.IsAlive, "the cancelled process is gone", Stop);
    }

    [Fact]
    public async Task StartByHand_WhileItRuns_SupersedesTheFirst()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SubmitAsync(Specs.Dpo("r-twice", Steps), 1, Stop);
        var first = await Faults.WaitForStepAsync(data, "r-twice", 12, Stop);

        using var second = Faults.RunByHand(Faults.DirectoryOf(data, "r-twice"));
        await ServiceProcess.WaitForAsync(() => !first.IsAlive, "the superseded process has stopped", Stop);

        var events = await service.FollowAsync("r-twice", 0, Stop);
        await second.WaitForExitAsync(Stop);
        Faults.AssertNumbered(events);
        Assert.Equal(0, second.ExitCode);
        Assert.Empty(events.OfType<InterruptedEvent>());
        Assert.Equal([1, 2], events.OfType<StartedEvent>().Select(e => e.Attempt));
        Assert.IsType<DpoResult>(Assert.IsType<FinishedEvent>(events[^1]).Result);
    }

    [Fact]
    public async Task CancelByHand_Sigterm_FinishesCancelledAndLeavesNothingHalfWritten()
    {
        var run = Faults.DirectoryOf(data, "r-hand");
        Directory.CreateDirectory(run.FullPath);
        AtomicFile.WriteJson(run.SpecPath, Specs.Dpo("r-hand", steps: 100_000));
        using var process = Faults.RunByHand(run);
        await Faults.WaitForStepAsync(data, "r-hand", 3, Stop);

        DpoLab.Compute.Hosting.Signals.Send(process.Id, DpoLab.Compute.Hosting.Signals.Terminate);
        await process.WaitForExitAsync(Stop);

        Assert.Equal((int)ExitCode.Cancelled, process.ExitCode);
        Assert.Equal(RunOutcome.Cancelled, Assert.IsType<FinishedEvent>(EventLog.ReadLast(run)).Outcome);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(run.FullPath, "*", SearchOption.AllDirectories), path => Path.GetFileName(path).StartsWith('.'));
    }
}
