using DpoLab.Compute.Runs;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using Microsoft.AspNetCore.SignalR.Client;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>Downloads on the real service, from a hub of this process.</summary>
public sealed class DownloadTests : IDisposable
{
    private const string Model = "some-lab/small";
    private const string Secret = "hf_very_secret";
    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Download_DemoModel_IsPinnedCompleteAndUsable()
    {
        await using var hub = (await LocalHub.StartAsync()).AddFolder(Model, Repository.Demo("base-model")).Add(Model, "README.md", [1]);
        hub.Licence = "mit";
        await using var service = await StartAsync(hub);

        var result = await SucceedAsync(service, new DownloadParameters { Repository = Model });
        await service.SubmitAsync(Specs.Direction("r-direction", InputRef.OfPath(result.Location, digest: result.Model!.Digest)), 1, Stop);
        var direction = (FinishedEvent)(await service.FollowAsync("r-direction", 0, Stop))[^1];

        Assert.Equal(data.Combine("models", "some-lab", "small", LocalHub.Commit), result.Location);
        Assert.Equal((LocalHub.Commit, "main", "mit"), (result.Commit, result.Revision, result.Licence));
        Assert.Equal(("gpt2", 6), (result.Model.Family, result.Model.Layers));
        Assert.Equal(result.Files.Select(f => f.Path).Order(StringComparer.Ordinal), Directory.GetFiles(result.Location).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(result.Files, f => f.Path == "README.md");
        Assert.All(result.Files, f => Assert.Equal(File.ReadAllBytes(Repository.Demo("base-model", f.Path)), File.ReadAllBytes(Path.Combine(result.Location, f.Path))));
        Assert.True(direction.Outcome is RunOutcome.Succeeded, direction.Reason);
    }

    [Fact]
    public async Task Download_KilledInItsMiddle_GoesOnWhereItWas()
    {
        await using var hub = (await LocalHub.StartAsync()).AddFolder(Model, Repository.Demo("base-model"));
        var never = new TaskCompletionSource();
        hub.Fault = (path, request) => path.EndsWith("model.safetensors", StringComparison.Ordinal) && request == 1 ? new HubFault { CutAfter = 3_000_000, HoldAfterCut = never.Task } : null;
        await using var service = await StartAsync(hub);
        await service.SubmitAsync(Specs.Of("r-download", new DownloadParameters { Repository = Model }), 1, Stop);
        string part = data.Combine("models", "some-lab", "small", $".{LocalHub.Commit}.part", "model.safetensors.part");
        await ServiceProcess.WaitForAsync(() => File.Exists(part) && new FileInfo(part).Length == 3_000_000, "3 MB are there", Stop);
        Assert.False(Directory.Exists(data.Combine("models", "some-lab", "small", LocalHub.Commit)));

        await Faults.KillAsync(AttemptClaim.Read(Faults.DirectoryOf(data, "r-download"))!.Process, Stop);
        var events = await service.FollowAsync("r-download", 0, Stop);
        never.SetResult();

        Faults.AssertNumbered(events);
        Assert.Single(events.OfType<InterruptedEvent>());
        var result = ResultOf(events);
        Assert.Equal(result.Files.Single(f => f.Path == "model.safetensors").Bytes - 3_000_000, result.BytesFetched);
        Assert.Equal("bytes=3000000-", hub.Requests.Last(r => r.IsStorage && r.Path.EndsWith("model.safetensors", StringComparison.Ordinal)).Range);
        Assert.Contains(events.OfType<ProgressEvent>(), e => e is { Stage: "download", Unit: "bytes", Done: >= 3_000_000 });
    }

    [Fact]
    public async Task Download_Cancelled_EndsAtOnceAndARetryGoesOn()
    {
        await using var hub = (await LocalHub.StartAsync()).AddFolder(Model, Repository.Demo("base-model"));
        var never = new TaskCompletionSource();
        hub.Fault = (path, request) => path.EndsWith("model.safetensors", StringComparison.Ordinal) && request == 1 ? new HubFault { CutAfter = 3_000_000, HoldAfterCut = never.Task } : null;
        await using var service = await StartAsync(hub);
        var spec = Specs.Of("r-download", new DownloadParameters { Repository = Model });
        await service.SubmitAsync(spec, 1, Stop);
        string part = data.Combine("models", "some-lab", "small", $".{LocalHub.Commit}.part", "model.safetensors.part");
        await ServiceProcess.WaitForAsync(() => File.Exists(part) && new FileInfo(part).Length == 3_000_000, "3 MB are there", Stop);

        await service.CancelAsync("r-download", Stop);
        var cancelled = await service.FollowAsync("r-download", 0, Stop);
        await service.SubmitAsync(spec, 2, Stop);
        var again = await service.FollowAsync("r-download", cancelled[^1].Seq, Stop);
        never.SetResult();

        Assert.Equal(RunOutcome.Cancelled, ((FinishedEvent)cancelled[^1]).Outcome);
        Assert.Equal("Cancelled while it ran.", ((FinishedEvent)cancelled[^1]).Reason);
        Assert.InRange(ResultOf(again).BytesFetched, 1, new FileInfo(Repository.Demo("base-model", "model.safetensors")).Length - 3_000_000);
    }

    [Fact]
    public async Task Download_Gated_OpensWithTheTokenOfTheServiceWhichNobodyReads()
    {
        await using var hub = (await LocalHub.StartAsync()).AddFolder(Model, Repository.Demo("base-model"));
        hub.Gate = Secret;
        await using var service = await StartAsync(hub);
        var spec = Specs.Of("r-gated", new DownloadParameters { Repository = Model });
        await service.SubmitAsync(spec, 1, Stop);
        var refused = (FinishedEvent)(await service.FollowAsync("r-gated", 0, Stop))[^1];

        await service.Hub.InvokeAsync(nameof(IComputeHub.SetHubTokenAsync), Secret, Stop);
        await service.SubmitAsync(spec, 2, Stop);
        var events = await service.FollowAsync("r-gated", 0, Stop);
        var report = await service.Hub.InvokeAsync<ServiceReport>(nameof(IComputeHub.DescribeAsync), Stop);

        Assert.Contains("Accept its licence", refused.Reason, StringComparison.Ordinal);
        Assert.NotNull(ResultOf(events).Model);
        Assert.Equal(HubTokenSource.Lab, report.Hub!.Token);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.Combine("hub-token")));
        string[] holders =
        [
            .. Directory.EnumerateFiles(data.FullPath, "*", SearchOption.AllDirectories)
                .Where(f => !f.EndsWith(".lock", StringComparison.Ordinal) && File.ReadAllText(f).Contains(Secret, StringComparison.Ordinal)),
        ];
        Assert.Equal([data.Combine("hub-token")], holders);
        Assert.DoesNotContain(Secret, service.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of-the-storage", service.Output, StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await service.Http.GetAsync(new Uri("/runs/r-gated/files/..%2F..%2Fhub-token", UriKind.Relative), Stop)).StatusCode);
    }

    [Fact]
    public async Task Download_BesideARunOnTheDevice_DoesNotWaitForIt()
    {
        await using var hub = (await LocalHub.StartAsync()).AddFolder(Model, Repository.Demo("base-model"));
        await using var service = await StartAsync(hub);
        await service.SubmitAsync(Specs.Dpo("r-dpo", steps: 100_000), 1, Stop);

        var result = await SucceedAsync(service, new DownloadParameters { Repository = Model });

        Assert.NotNull(result.Model);
        Assert.Equal(["r-dpo"], (await service.QueueAsync(Stop)).Running);
    }

    [Fact]
    public async Task Download_Dataset_IsReadToItsEnd()
    {
        await using var hub = (await LocalHub.StartAsync())
            .Add("datasets/some-lab/comments", "data/train.csv", await File.ReadAllBytesAsync(Repository.Demo("comments.csv"), Stop))
            .Add("datasets/some-lab/comments", "README.md", [1])
            .Add("datasets/some-lab/broken", "train.csv", "comment_text,toxic\nfine,0\nwell,maybe\n"u8.ToArray());
        await using var service = await StartAsync(hub);

        var result = await SucceedAsync(service, new DownloadParameters { Repository = "some-lab/comments", Dataset = DatasetKind.Comments });
        await service.SubmitAsync(Specs.Of("r-broken", new DownloadParameters { Repository = "some-lab/broken", Dataset = DatasetKind.Comments }), 1, Stop);
        var broken = (FinishedEvent)(await service.FollowAsync("r-broken", 0, Stop))[^1];

        Assert.Equal(data.Combine("datasets", "some-lab", "comments", LocalHub.Commit, "data", "train.csv"), result.Location);
        Assert.True(result.Dataset!.Records > 0);
        Assert.Contains("maybe", broken.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("some-lab/nothing", "main", "does not have the model some-lab/nothing", "Check the spelling")]
    [InlineData(Model, "nowhere", "not this revision", "Choose a branch")]
    [InlineData("some-lab/outside", "main", "would be written outside its folder", "Do not use")]
    [InlineData("some-lab/pickled", "main", ".bin (pickle)", "convert it")]
    public async Task Download_WhatCannotBeHad_FailsWithWhatToDo(string repository, string revision, string reason, string remedy)
    {
        await using var hub = (await LocalHub.StartAsync())
            .AddFolder(Model, Repository.Demo("base-model"))
            .AddFolder("some-lab/outside", Repository.Demo("base-model")).Add("some-lab/outside", "../../../evil.json", [1])
            .Add("some-lab/pickled", "config.json", "{}"u8.ToArray()).Add("some-lab/pickled", "pytorch_model.bin", [1]);
        await using var service = await StartAsync(hub);

        await service.SubmitAsync(Specs.Of("r-download", new DownloadParameters { Repository = repository, Revision = revision }), 1, Stop);
        var end = (FinishedEvent)(await service.FollowAsync("r-download", 0, Stop))[^1];

        Assert.Equal(RunOutcome.Failed, end.Outcome);
        Assert.Contains(reason, end.Reason, StringComparison.Ordinal);
        Assert.Contains(remedy, end.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data.Combine("models", "some-lab", "outside")));
    }

    private Task<ServiceProcess> StartAsync(LocalHub hub) =>
        ServiceProcess.StartAsync(data.FullPath, Stop, new Dictionary<string, string> { ["HF_ENDPOINT"] = hub.Endpoint.ToString() });

    private static async Task<DownloadResult> SucceedAsync(ServiceProcess service, DownloadParameters parameters)
    {
        await service.SubmitAsync(Specs.Of("r-download", parameters), 1, Stop);
        return ResultOf(await service.FollowAsync("r-download", 0, Stop));
    }

    private static DownloadResult ResultOf(List<RunEvent> events)
    {
        var end = (FinishedEvent)events[^1];
        Assert.True(end.Outcome is RunOutcome.Succeeded, end.Reason);
        return Assert.IsType<DownloadResult>(end.Result);
    }
}
