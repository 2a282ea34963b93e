using System.Net;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Datasets;
using DpoLab.Web.Models;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Compute;

/// <summary>With the real compute service as a child process, and real runs of the demo model.</summary>
public sealed class EmbeddedComputeTests
{
    [Fact]
    public async Task Run_OnTheRealService_SucceedsAndItsDataAndFilesAreThere()
    {
        await using var lab = new WebLab(embedded: true);
        using HttpClient client = lab.Anonymous();
        await ConnectedAsync(lab);

        string id = await SubmitAsync(client, Direction());
        RunView run = await EndedAsync(client, id);

        Assert.True(run.Status.State is RunState.Succeeded, run.Status.Reason);
        Assert.NotNull(run.Result);
        Assert.Contains(run.Artifacts, a => a.Path == Artifacts.Direction);
        Assert.All(run.Stages, s => Assert.NotNull(s.FinishedAt));
        byte[] vector = await client.GetByteArrayAsync($"{Urls.ApiRun(id)}/files/artifacts/{Artifacts.Direction}", TestLab.Token);
        Assert.Equal(run.Artifacts.Single(a => a.Path == Artifacts.Direction).Bytes, vector.Length);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"{Urls.ApiRun(id)}/files/artifacts/nothing", TestLab.Token)).StatusCode);
    }

    [Fact]
    public async Task Run_ServiceKilledWhileItIsQueued_IsRunByTheNextService()
    {
        await using var lab = new WebLab(embedded: true);
        using HttpClient client = lab.Anonymous();
        await ConnectedAsync(lab);
        string first = await SubmitAsync(client, Direction());
        string second = await SubmitAsync(client, Direction() with { Seed = 1 });
        int killed = lab.Get<EmbeddedCompute>().ProcessId!.Value;

        UnixSignals.Kill(killed);
        await Wait.UntilAsync(() => lab.Get<EmbeddedCompute>().ProcessId is { } next && next != killed, "another service is started", TestLab.Token);

        foreach (string id in (string[])[first, second])
        {
            RunView run = await EndedAsync(client, id);
            Assert.True(run.Status.State is RunState.Succeeded, run.Status.Reason);
            Assert.Equal(1, run.Status.Attempt);
        }

        await StoredExactlyOnceAsync(lab, client, first);
    }

    [Fact]
    public async Task Run_InputThatIsNotThere_FailsWithAReasonAndCanBeRetried()
    {
        await using var lab = new WebLab(embedded: true);
        using HttpClient client = lab.Anonymous();
        await ConnectedAsync(lab);

        string id = await SubmitAsync(client, Direction() with { Model = InputRef.OfPath("/no/such/model") });
        RunView failed = await EndedAsync(client, id);
        await WebLab.PostAsync(client, $"/runs/{id}/retry", new { });
        await Wait.UntilAsync(async () => (await WebLab.GetAsync<RunView>(client, $"/runs/{id}")).Status is { Attempt: 2, IsActive: false }, "the second attempt ends", TestLab.Token);
        RunView again = await WebLab.GetAsync<RunView>(client, $"/runs/{id}");

        Assert.Equal(RunState.Failed, failed.Status.State);
        Assert.Contains("/no/such/model", failed.Status.Reason, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, again.Status.State);
        Assert.Equal(2, (await lab.Get<RunQueries>().LogAsync(id, least: DpoLab.Contracts.Runs.LogLevel.Error, cancellationToken: TestLab.Token)).Count);
    }

    [Fact]
    public async Task Models_DemoFolder_IsAddedWithItsReport()
    {
        await using var lab = new WebLab(embedded: true);
        using HttpClient client = lab.Anonymous();
        await ConnectedAsync(lab);

        ModelView model = await WebLab.ReadAsync<ModelView>(await WebLab.PostAsync(client, "/models", new { Path = Repository.Demo("base-model"), Name = "demo" }));
        IReadOnlyDictionary<string, string[]> errors = await WebLab.ErrorsAsync(await WebLab.PostAsync(client, "/models", new { Path = Repository.Demo() + "/nothing" }));

        Assert.Equal(("demo", "decoder", "gpt2", 6), (model.Name, model.Role, model.Report!.Family, model.Report.Layers));
        Assert.Contains("nothing", errors["path"][0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Datasets_UploadWithABadRecord_NamesItsRowAndIsNotAdded()
    {
        await using var lab = new WebLab(embedded: true);
        using HttpClient client = lab.Anonymous();
        await ConnectedAsync(lab);

        HttpResponseMessage bad = await UploadAsync(client, "comment_text,toxic\nfine,0\nwell,maybe\n");
        HttpResponseMessage good = await UploadAsync(client, "comment_text,toxic\nfine,0\nbad,1\n");
        DatasetView added = await WebLab.ReadAsync<DatasetView>(good);

        string problem = (await WebLab.ErrorsAsync(bad))["file"][0];
        Assert.Contains("Row 2", problem, StringComparison.Ordinal);
        Assert.Contains("toxic", problem, StringComparison.Ordinal);
        Assert.Equal(2, added.Report.Records);
        Assert.Equal(InputSource.Upload, added.Ref.File.Source);
        Assert.Single(await lab.Get<DatasetQueries>().ListAsync(cancellationToken: TestLab.Token));
    }

    private static DirectionParameters Direction() => new()
    {
        Model = InputRef.OfPath(Repository.Demo("base-model"), "demo"),
        Method = DirectionMethod.EmbeddingDifference,
        ToxicWords = ["shit"],
        FriendlyWords = ["friend", "peace"],
    };

    private static async Task<HttpResponseMessage> UploadAsync(HttpClient client, string csv)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(csv), "file", "comments.csv" },
            { new StringContent("comments"), "kind" },
        };
        return await client.PostAsync(Urls.Api + "/datasets/upload", form, TestLab.Token);
    }

    /// <summary>What is stored equals what the run wrote: every event once, the last as the last.</summary>
    private static async Task StoredExactlyOnceAsync(WebLab lab, HttpClient client, string id)
    {
        string[] written = await File.ReadAllLinesAsync(Path.Combine(lab.ComputeData, "runs", id, "events.jsonl"), TestLab.Token);
        RunView run = await WebLab.GetAsync<RunView>(client, $"/runs/{id}");
        long last = await lab.Get<LabDatabase>().ReadAsync(db => Task.FromResult(db.Runs.Single(r => r.Id == id).LastSeq), TestLab.Token);
        Assert.Equal(written.Length, last);
        Assert.Equal(written.Count(line => line.Contains("\"type\":\"artifact\"", StringComparison.Ordinal)), run.Artifacts.Count);
    }

    private static async Task<string> SubmitAsync(HttpClient client, RunParameters parameters) =>
        (await WebLab.ReadAsync<RunSummary>(await WebLab.PostAsync(client, "/runs", new RunRequest { Name = "A run", Parameters = parameters }))).Id;

    private static async Task ConnectedAsync(WebLab lab) => await Wait.UntilAsync(
        () => lab.Get<ComputeServices>().List().Any(s => s.State is ServiceState.Connected), "the service is connected", TestLab.Token);

    private static async Task<RunView> EndedAsync(HttpClient client, string id)
    {
        RunView? run = null;
        await Wait.UntilAsync(async () => !(run = await WebLab.GetAsync<RunView>(client, $"/runs/{id}")).Status.IsActive, $"run {id} ends", TestLab.Token);
        return run!;
    }
}
