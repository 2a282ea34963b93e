using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Compute;

public sealed class RunPlanTests
{
    [Fact]
    public async Task UpdateAsync_NeedsNotThere_WaitsUntilTheLastHasSucceeded()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string a = await lab.SubmitAsync();
        string b = await lab.SubmitAsync();
        string both = await lab.SubmitAsync(Specs.Needing(a, b));

        await lab.Plan.UpdateAsync(TestLab.Token);
        Assert.Equal([RunState.Queued, RunState.Queued, RunState.Waiting], await StatesAsync(lab, a, b, both));
        Assert.Equal(new HashSet<string> { a, b }, (await lab.RunAsync(both)).Status.WaitsFor.Select(r => r.Id).ToHashSet());

        await lab.Ingest.StoreAsync(a, Events.Numbered(1, Events.Started(), Events.Succeeded()), TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);
        Assert.Equal(RunState.Waiting, (await lab.RunAsync(both)).Status.State);
        Assert.Equal(b, Assert.Single((await lab.RunAsync(both)).Status.WaitsFor).Id);

        await lab.Ingest.StoreAsync(b, Events.Numbered(1, Events.Started(), Events.Succeeded()), TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);
        Assert.Equal(RunState.Queued, (await lab.RunAsync(both)).Status.State);
    }

    [Fact]
    public async Task UpdateAsync_FailedNode_BlocksOnlyWhatDependsOnIt()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string bad = await lab.SubmitAsync();
        string good = await lab.SubmitAsync();
        string needsBad = await lab.SubmitAsync(Specs.Needing(bad));
        string needsGood = await lab.SubmitAsync(Specs.Needing(good));
        string further = await lab.SubmitAsync(Specs.Needing(needsBad));
        await lab.Plan.UpdateAsync(TestLab.Token);

        await lab.Ingest.StoreAsync(bad, Events.Numbered(1, Events.Started(), Events.Failed("no such file")), TestLab.Token);
        await lab.Ingest.StoreAsync(good, Events.Numbered(1, Events.Started(), Events.Succeeded()), TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);

        Assert.Equal(RunState.Queued, (await lab.RunAsync(needsGood)).Status.State);
        Assert.True((await lab.RunAsync(needsBad)).Status.Blocked);
        Assert.True((await lab.RunAsync(further)).Status.Blocked);
        Assert.False((await lab.RunAsync(needsGood)).Status.Blocked);
    }

    [Fact]
    public async Task UpdateAsync_FailedNodeRetriedAndSucceeded_LetsItsDependentsGoOn()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string first = await lab.SubmitAsync();
        string next = await lab.SubmitAsync(Specs.Needing(first));
        await lab.Plan.UpdateAsync(TestLab.Token);
        await lab.Ingest.StoreAsync(first, Events.Numbered(1, Events.Started(), Events.Failed("disk full")), TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);

        await lab.Commands.RetryAsync(first, Actor.Local, TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);
        RunView again = await lab.RunAsync(first);
        Assert.Equal((RunState.Queued, 2, null), (again.Status.State, again.Status.Attempt, again.Status.Reason));
        Assert.False((await lab.RunAsync(next)).Status.Blocked);

        await lab.Ingest.StoreAsync(first, Events.Numbered(3, Events.Started(), Events.Succeeded()), TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);
        Assert.Equal(RunState.Queued, (await lab.RunAsync(next)).Status.State);
    }

    [Fact]
    public async Task SubmitAsync_RunsThatWaitForEachOther_AreRefused()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string a = RunIds.New();
        string b = RunIds.New();

        InputRefusedException refused = await Assert.ThrowsAsync<InputRefusedException>(() => lab.Commands.SubmitAsync(
            [Specs.Of(Specs.Needing(b), a), Specs.Of(Specs.Needing(a), b)], Actor.Local, cancellationToken: TestLab.Token));

        Assert.Contains("circle", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await lab.Runs.ListAsync(new RunFilter())).Total);
    }

    [Fact]
    public async Task SubmitAsync_OneBadRunOfTwo_TakesNoneIn()
    {
        await using TestLab lab = await TestLab.StartAsync();

        InputRefusedException refused = await Assert.ThrowsAsync<InputRefusedException>(() => lab.Commands.SubmitAsync(
            [Specs.Of(Specs.Direction()), Specs.Of(Specs.Direction() with { MaxTokens = 0 })], Actor.Local, cancellationToken: TestLab.Token));

        Assert.Equal("runs[1].maxTokens", Assert.Single(refused.Errors).Field);
        Assert.Equal(0, (await lab.Runs.ListAsync(new RunFilter())).Total);
    }

    [Fact]
    public async Task CancelAsync_WaitingRun_EndsAtOnceAndBlocksWhatNeedsIt()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string first = await lab.SubmitAsync();
        string second = await lab.SubmitAsync(Specs.Needing(first));
        string third = await lab.SubmitAsync(Specs.Needing(second));
        await lab.Plan.UpdateAsync(TestLab.Token);

        await lab.Commands.CancelAsync(second, Actor.Local, TestLab.Token);
        await lab.Commands.CancelAsync(first, Actor.Local, TestLab.Token);
        await lab.Plan.UpdateAsync(TestLab.Token);

        Assert.Equal(RunState.Cancelled, (await lab.RunAsync(second)).Status.State);
        RunStatus queued = (await lab.RunAsync(first)).Status;
        Assert.Equal((RunState.Queued, true, false), (queued.State, queued.CancelRequested, queued.CanCancel));
        Assert.True((await lab.RunAsync(third)).Status.Blocked);
    }

    [Fact]
    public async Task RetryAsync_RunThatSucceeded_IsRefused()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync();
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started(), Events.Succeeded()), TestLab.Token);

        await Assert.ThrowsAsync<InputRefusedException>(() => lab.Commands.RetryAsync(id, Actor.Local, TestLab.Token));
        Assert.Equal(RunState.Succeeded, (await lab.RunAsync(id)).Status.State);
    }

    [Fact]
    public async Task SubmitAsync_Viewer_IsRefused()
    {
        await using TestLab lab = await TestLab.StartAsync();

        await Assert.ThrowsAsync<NotAllowedException>(() => lab.Commands.SubmitAsync(
            [Specs.Of(Specs.Direction())], new Actor("ann", LabRole.Viewer, "1"), cancellationToken: TestLab.Token));
    }

    private static async Task<RunState[]> StatesAsync(TestLab lab, params string[] ids)
    {
        var states = new List<RunState>();
        foreach (string id in ids)
            states.Add((await lab.RunAsync(id)).Status.State);
        return [.. states];
    }
}
