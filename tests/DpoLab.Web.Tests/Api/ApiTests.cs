using System.Net;
using System.Text;
using System.Text.Json;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Api;

public sealed class ApiTests
{
    [Fact]
    public async Task PostRuns_SettingsThatCannotWork_NamesEachField()
    {
        await using var lab = new WebLab();
        using HttpClient client = lab.Anonymous();

        HttpResponseMessage answer = await WebLab.PostAsync(
            client, "/runs", new RunRequest { Name = " ", Parameters = Specs.Direction() with { MaxTokens = 1, ValidationShare = 2 } });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        IReadOnlyDictionary<string, string[]> errors = await WebLab.ErrorsAsync(answer);
        Assert.Equal(["maxTokens", "name", "validationShare"], errors.Keys.Order());
        Assert.Contains("The papers use 128.", errors["maxTokens"][0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"x","parameters":{"kind":"dpo","bta":1}}""", "parameters.bta")]
    [InlineData("""{"name":"x","parameters":{"kind":"nonsense"}}""", "parameters")]
    [InlineData("""{"name":"x","parameters":{"kind":"direction","method":"guess"}}""", "parameters.method")]
    public async Task PostRuns_UnknownFieldOrValue_NamesIt(string body, string field)
    {
        await using var lab = new WebLab();
        using HttpClient client = lab.Anonymous();

        HttpResponseMessage answer = await client.PostAsync(Urls.Api + "/runs", new StringContent(body, Encoding.UTF8, "application/json"), TestLab.Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(field, Assert.Single((await WebLab.ErrorsAsync(answer)).Keys), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_SubmitCancelRetry_GoThroughTheirStates()
    {
        await using var lab = new WebLab();
        using HttpClient client = lab.Anonymous();
        string first = await SubmitAsync(client, Specs.Direction());
        string waiting = await SubmitAsync(client, Specs.Needing(first));

        Assert.Equal(RunState.Waiting, (await WebLab.GetAsync<RunView>(client, $"/runs/{waiting}")).Status.State);
        await WebLab.PostAsync(client, $"/runs/{waiting}/cancel", new { });
        Assert.Equal(RunState.Cancelled, (await WebLab.GetAsync<RunView>(client, $"/runs/{waiting}")).Status.State);
        await WebLab.PostAsync(client, $"/runs/{waiting}/retry", new { });
        RunStatus again = (await WebLab.GetAsync<RunView>(client, $"/runs/{waiting}")).Status;

        Assert.Equal((RunState.Waiting, 2), (again.State, again.Attempt));
        Assert.Equal(2, (await WebLab.GetAsync<Paged<RunSummary>>(client, "/runs?kind=direction&kind=evaluate")).Total);
        Assert.Equal(1, (await WebLab.GetAsync<Paged<RunSummary>>(client, "/runs?state=waiting")).Total);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Urls.Api + "/runs/r-unknown", TestLab.Token)).StatusCode);
    }

    [Fact]
    public async Task Runs_Data_ComesAsCsvAndJsonl()
    {
        await using var lab = new WebLab();
        using HttpClient client = lab.Anonymous();
        string id = await SubmitAsync(client, Specs.Direction());
        await lab.Get<RunIngest>().StoreAsync(
            id, Events.Numbered(1, Events.Started("train"), Events.Metric("loss", 1, 0.1), Events.Metric("loss", 2, 1.0 / 3), Events.Row("base, \"plain\"", 0.5), Events.Texts((0, " a\nb", 0.25))), TestLab.Token);

        string metrics = await client.GetStringAsync($"{Urls.ApiRun(id)}/metrics.csv", TestLab.Token);
        string rows = await client.GetStringAsync($"{Urls.ApiRun(id)}/rows.csv", TestLab.Token);
        string texts = await client.GetStringAsync($"{Urls.ApiRun(id)}/texts.jsonl", TestLab.Token);

        Assert.Equal("name,step,value\nloss,1,0.1\nloss,2,0.3333333333333333\n", metrics);
        Assert.Contains("\"base, \"\"plain\"\"\",other,,0.5,", rows, StringComparison.Ordinal);
        Assert.Equal(" a\nb", JsonDocument.Parse(texts.TrimEnd()).RootElement.GetProperty("continuation").GetString());
    }

    [Fact]
    public async Task PostModels_ServiceNotConnected_SaysSo()
    {
        await using var lab = new WebLab();
        using HttpClient client = lab.Anonymous();

        HttpResponseMessage answer = await WebLab.PostAsync(client, "/models", new { Path = "/models/small" });

        Assert.Contains("far away is not connected", (await WebLab.ErrorsAsync(answer))["service"][0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenApi_Document_NamesEveryOperation()
    {
        await using var lab = new WebLab();
        using HttpClient client = lab.Anonymous();

        using JsonDocument document = JsonDocument.Parse(await client.GetStringAsync(Urls.OpenApi, TestLab.Token));

        string[] paths = [.. document.RootElement.GetProperty("paths").EnumerateObject().Select(p => p.Name.TrimEnd('/'))];
        Assert.Contains("/api/v1/runs/{id}/events", paths);
        Assert.Contains("/api/v1/studies/from-template/four-groups", paths);
        Assert.Contains("/api/v1/datasets/upload", paths);
        Assert.DoesNotContain(paths, p => p.Contains("account", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(LabRole.Viewer, HttpStatusCode.Forbidden)]
    [InlineData(LabRole.Researcher, HttpStatusCode.Created)]
    public async Task PostRuns_WithAccounts_NeedsAResearcher(LabRole role, HttpStatusCode status)
    {
        await using var lab = new WebLab(accounts: true);
        using HttpClient client = await lab.SignedInAsync(role);

        HttpResponseMessage answer = await WebLab.PostAsync(client, "/runs", new RunRequest { Name = "run", Parameters = Specs.Direction() });

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Urls.Api + "/runs", TestLab.Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(Urls.Api + "/people", TestLab.Token)).StatusCode);
    }

    [Fact]
    public async Task Tokens_Revoked_LetNobodyIn()
    {
        await using var lab = new WebLab(accounts: true);
        using HttpClient client = await lab.SignedInAsync(LabRole.Researcher);
        ApiTokenView token = Assert.Single(await WebLab.GetAsync<ApiTokenView[]>(client, "/tokens"));

        await client.DeleteAsync($"{Urls.Api}/tokens/{token.Id}", TestLab.Token);

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(Urls.Api + "/runs", TestLab.Token)).StatusCode);
    }

    [Theory]
    [InlineData("evil.example", null)]
    [InlineData("localhost", "http://evil.example")]
    public async Task Requests_FromAnotherSite_AreRefusedWithoutAccounts(string host, string? origin)
    {
        await using var lab = new WebLab();
        using HttpClient client = lab.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Post, Urls.Api + "/runs/r-1/cancel");
        request.Headers.Host = host;
        if (origin is not null)
            request.Headers.Add("Origin", origin);

        HttpResponseMessage answer = await client.SendAsync(request, TestLab.Token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static async Task<string> SubmitAsync(HttpClient client, RunParameters parameters) =>
        (await WebLab.ReadAsync<RunSummary>(await WebLab.PostAsync(client, "/runs", new RunRequest { Name = "A run", Parameters = parameters }))).Id;
}
