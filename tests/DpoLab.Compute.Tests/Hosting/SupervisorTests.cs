using DpoLab.Compute.Runs;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using Microsoft.AspNetCore.SignalR;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>The queue and the outcomes of runs, with real processes.</summary>
public sealed class SupervisorTests : IDisposable
{
    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Submit_GoodRun_SucceedsWithItsResult()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);

        await service.SubmitAsync(Specs.Direction("r-good"), 1, Stop);
        var events = await service.FollowAsync("r-good", 0, Stop);

        AssertNumbered(events);
        Assert.IsType<StartedEvent>(events[0]);
        var end = Assert.IsType<FinishedEvent>(events[^1]);
        Assert.Equal(RunOutcome.Succeeded, end.Outcome);
        Assert.Equal(192, Assert.IsType<DirectionResult>(end.Result).Width);
        Assert.True(end.PeakMemoryBytes > 0);
        var artifact = Assert.Single(events.OfType<ArtifactEvent>());
        var file = new FileInfo(data.Combine("runs", "r-good", "artifacts", artifact.Path));
        Assert.Equal(file.Length, artifact.Bytes);
        Assert.Equal(ContentDigest.Of(file.FullName, Stop).Sha256, artifact.Sha256);
    }

    [Fact]
    public async Task Submit_KnownAttempt_ChangesNothing()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SubmitAsync(Specs.Direction("r-once"), 1, Stop);
        await service.SubmitAsync(Specs.Direction("r-once"), 1, Stop);
        var events = await service.FollowAsync("r-once", 0, Stop);

        await service.SubmitAsync(Specs.Direction("r-once"), 1, Stop);

        Assert.Empty(await service.FollowAsync("r-once", events[^1].Seq, Stop));
        Assert.Single(events.OfType<StartedEvent>());
    }

    [Fact]
    public async Task Submit_NextAttempt_AppendsBehindTheEnd()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        var spec = Specs.MeanDifference("r-retry", InputRef.OfPath(data.Combine("comments.csv")));
        await service.SubmitAsync(spec, 1, Stop);
        var first = await service.FollowAsync("r-retry", 0, Stop);
        Assert.Contains("does not exist", Assert.IsType<FinishedEvent>(first[^1]).Reason, StringComparison.Ordinal);

        await File.WriteAllTextAsync(data.Combine("comments.csv"), "comment_text,toxic\nyou shit,1\nhello friend,0\n", Stop);
        await service.SubmitAsync(spec, 2, Stop);
        var second = await service.FollowAsync("r-retry", first[^1].Seq, Stop);

        AssertNumbered([.. first, .. second]);
        Assert.All(second, e => Assert.Equal(2, e.Attempt));
        Assert.Equal(RunOutcome.Succeeded, Assert.IsType<FinishedEvent>(second[^1]).Outcome);
    }

    [Fact]
    public async Task Submit_OtherSettingsUnderAKnownId_IsRefused()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SubmitAsync(Specs.Direction("r-same"), 1, Stop);
        await service.FollowAsync("r-same", 0, Stop);

        var error = await Assert.ThrowsAsync<HubException>(() => service.SubmitAsync(Specs.Dpo("r-same"), 2, Stop));

        Assert.Contains("exists with other settings", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_Waiting_EndsAtOnceAndTheRunnerGoesOn()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SubmitAsync(Specs.Dpo("r-runs", steps: 20), 1, Stop);
        await service.SubmitAsync(Specs.Direction("r-waits"), 1, Stop);
        await service.SubmitAsync(Specs.Direction("r-last"), 1, Stop);
        var queue = await service.QueueAsync(Stop);
        Assert.Equal(["r-runs"], queue.Running);
        Assert.Equal(["r-waits", "r-last"], queue.Waiting);

        await service.CancelAsync("r-waits", Stop);

        Assert.Equal(["r-last"], (await service.QueueAsync(Stop)).Waiting);
        var cancelled = Assert.IsType<FinishedEvent>(Assert.Single(await service.FollowAsync("r-waits", 0, Stop)));
        Assert.Equal(RunOutcome.Cancelled, cancelled.Outcome);
        Assert.Equal(RunOutcome.Succeeded, Assert.IsType<FinishedEvent>((await service.FollowAsync("r-runs", 0, Stop))[^1]).Outcome);
        Assert.Equal(RunOutcome.Succeeded, Assert.IsType<FinishedEvent>((await service.FollowAsync("r-last", 0, Stop))[^1]).Outcome);
    }

    [Fact]
    public async Task Cancel_Running_FreesTheDevice()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SubmitAsync(Specs.Dpo("r-long", steps: 100_000), 1, Stop);
        await service.SubmitAsync(Specs.Direction("r-next"), 1, Stop);
        await Faults.WaitForStepAsync(data, "r-long", 5, Stop);

        await service.CancelAsync("r-long", Stop);

        Assert.Equal(RunOutcome.Cancelled, Assert.IsType<FinishedEvent>((await service.FollowAsync("r-long", 0, Stop))[^1]).Outcome);
        Assert.Equal(RunOutcome.Succeeded, Assert.IsType<FinishedEvent>((await service.FollowAsync("r-next", 0, Stop))[^1]).Outcome);
    }

    [Fact]
    public async Task Cancel_Unknown_IsAnError()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);

        var error = await Assert.ThrowsAsync<HubException>(() => service.CancelAsync("r-nowhere", Stop));

        Assert.Contains("is not on this compute service", error.Message, StringComparison.Ordinal);
    }

    private static void AssertNumbered(List<RunEvent> events) => Faults.AssertNumbered(events);
}
