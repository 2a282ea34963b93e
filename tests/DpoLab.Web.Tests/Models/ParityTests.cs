using System.Net;
using Bunit;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Models;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DpoLab.Web.Tests.Models;

/// <summary>Badges from verify runs, on the model, its page and its runs.</summary>
public sealed class ParityTests
{
    private static readonly string Digest = Stock.Decoder.Digest;

    [Fact]
    public async Task List_NotVerified_HasNoBadge()
    {
        await using TestLab lab = await StartAsync();

        Assert.Null((await ModelAsync(lab)).Parity);
    }

    [Fact]
    public async Task List_AgainstTransformers_SaysTheLargestDifference()
    {
        await using TestLab lab = await StartAsync();
        await VerifyAsync(lab, Result(Digest, 1.9e-6, against: "transformers 5.24.0"));

        ParityBadge badge = (await ModelAsync(lab)).Parity!;

        Assert.Equal(("parity 1.9e-6", true, false), (badge.Text, badge.Agrees, badge.IsStale));
        Assert.Contains("transformers 5.24.0", badge.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ByItself_SaysSoInOtherWords()
    {
        await using TestLab lab = await StartAsync();
        await VerifyAsync(lab, Result(Digest, 1e-7));

        ParityBadge badge = (await ModelAsync(lab)).Parity!;

        Assert.Equal("self-checked", badge.Text);
        Assert.Contains("not compared with another implementation", badge.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_DifferenceOverItsBound_DoesNotAgree()
    {
        await using TestLab lab = await StartAsync();
        await VerifyAsync(lab, Result(Digest, 0.3, against: "transformers 5.24.0"));

        Assert.Equal(("parity .300", false), ((await ModelAsync(lab)).Parity!.Text, (await ModelAsync(lab)).Parity!.Agrees));
    }

    [Fact]
    public async Task List_DifferenceThatIsNotANumber_DoesNotAgree()
    {
        await using TestLab lab = await StartAsync();
        await VerifyAsync(lab, Result(Digest, null, against: "transformers 5.24.0"));

        Assert.Equal(("parity not a number", false), ((await ModelAsync(lab)).Parity!.Text, (await ModelAsync(lab)).Parity!.Agrees));
    }

    [Fact]
    public async Task List_FolderWithOtherContent_IsStale()
    {
        await using TestLab lab = await StartAsync();
        await VerifyAsync(lab, Result("another digest", 1e-7));

        ParityBadge badge = (await ModelAsync(lab)).Parity!;

        Assert.Equal(("changed since verified", true), (badge.Text, badge.IsStale));
        Assert.Null(await lab.Provider.GetRequiredService<ParityQueries>().FindAsync(Digest));
    }

    [Fact]
    public async Task List_BothKinds_TheComparisonCounts_UnlessALaterSelfCheckFailed()
    {
        await using TestLab lab = await StartAsync();
        await VerifyAsync(lab, Result(Digest, 1.9e-6, against: "transformers 5.24.0"));
        await VerifyAsync(lab, Result(Digest, 1e-7));
        Assert.Equal("parity 1.9e-6", (await ModelAsync(lab)).Parity!.Text);

        await VerifyAsync(lab, Result(Digest, 1));

        Assert.Equal("self-check failed", (await ModelAsync(lab)).Parity!.Text);
    }

    [Fact]
    public async Task RunPage_ModelVerified_ShowsItBesideTheModel()
    {
        await using TestLab lab = await StartAsync();
        await using var pages = new TestPages(lab);
        string id = await lab.SubmitAsync(Specs.Direction());
        await lab.Ingest.StoreAsync(
            id, Events.Numbered(1, Events.Started("load") with { Digests = new Dictionary<string, string>(StringComparer.Ordinal) { [Specs.Model.Name] = Digest } }), TestLab.Token);
        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));
        await page.WaitForAssertionAsync(() => Assert.Contains("not verified", page.Markup, StringComparison.Ordinal));

        await VerifyAsync(lab, Result(Digest, 1.9e-6, against: "transformers 5.24.0"));

        await page.WaitForAssertionAsync(() => Assert.Contains("parity 1.9e-6", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunPage_OfAVerification_ShowsEachComparison()
    {
        await using TestLab lab = await StartAsync();
        await using var pages = new TestPages(lab);
        string id = await VerifyAsync(lab, Result(Digest, 0.3));

        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));

        await page.WaitForAssertionAsync(() => Assert.Equal(2, page.FindAll("section[aria-label=Comparisons] tbody tr").Count));
        Assert.Contains("off", page.Find("section[aria-label=Comparisons] tbody tr").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dialog_WithoutValues_SubmitsASelfCheck()
    {
        await using TestLab lab = await StartAsync();
        await using var pages = new TestPages(lab);
        ModelView model = await ModelAsync(lab);
        IRenderedComponent<VerifyDialog> dialog = pages.Render<VerifyDialog>(p => p.Add(d => d.Model, model));
        Assert.Contains("AutoModelForCausalLM", dialog.Find("pre.text").TextContent, StringComparison.Ordinal);

        await dialog.Find("#verify-values").InputAsync(new() { Value = "values" });
        await dialog.Find("button.pri").ClickAsync(new());
        Assert.Contains("not an absolute path", dialog.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await dialog.Find("#verify-values").InputAsync(new() { Value = "" });
        await dialog.Find("button.pri").ClickAsync(new());

        RunSummary run = Assert.Single((await lab.Runs.ListAsync(new RunFilter())).Items);
        Assert.Equal((RunKind.Verify, "Verify small"), (run.Kind, run.Name));
    }

    [Fact]
    public async Task Api_Verify_AnswersWithTheRun()
    {
        await using var lab = new WebLab();
        using HttpClient client = lab.Anonymous();
        lab.Get<ServiceBoard>().Set(new ServiceView("here", null, false, ServiceState.Connecting, null, DateTimeOffset.UtcNow, null));
        await Stock.AddAllAsync(lab.Get<LabDatabase>());

        HttpResponseMessage refused = await WebLab.PostAsync(client, "/models/1/verify", new VerifyRequest("relative"));
        HttpResponseMessage answer = await WebLab.PostAsync(client, "/models/1/verify", new VerifyRequest("/data/values", Precision.Bf16));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Created), (refused.StatusCode, answer.StatusCode));
        var parameters = Assert.IsType<VerifyParameters>((await WebLab.ReadAsync<RunView>(answer)).Spec.Parameters);
        Assert.Equal(("/models/small", "/data/values", Precision.Bf16), (parameters.Model.Location, parameters.Values!.Location, parameters.Precision));
    }

    private static async Task<TestLab> StartAsync()
    {
        TestLab lab = await TestLab.StartAsync();
        await Stock.AddAllAsync(lab.Database);
        return lab;
    }

    private static async Task<ModelView> ModelAsync(TestLab lab) => (await lab.Provider.GetRequiredService<ModelQueries>().ListAsync("decoder", TestLab.Token))[0];

    private static async Task<string> VerifyAsync(TestLab lab, VerifyResult result)
    {
        string id = await lab.SubmitAsync(new VerifyParameters { Model = Specs.Model });
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("compare"), new FinishedEvent { Outcome = RunOutcome.Succeeded, Result = result, Seconds = 1 }), TestLab.Token);

        // finished in the order in which the test verified them
        await lab.Database.WriteAsync(db => db.Runs.Where(run => run.Id == id).ExecuteUpdateAsync(set => set.SetProperty(run => run.FinishedAt, DateTimeOffset.UtcNow), TestLab.Token), TestLab.Token);
        return id;
    }

    private static VerifyResult Result(string digest, double? largest, string? against = null) => new()
    {
        Model = "small",
        ModelDigest = digest,
        Against = against,
        Precision = Precision.Fp32,
        Device = "cpu",
        Items = [new VerifiedItem("logits", largest, 1e-4), new VerifiedItem("ids", 0, 0)],
    };
}
