using Bunit;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Charts;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Runs;

public sealed class RunPageTests
{
    [Fact]
    public async Task Page_EventsCome_FollowsThemByItself()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string id = await lab.SubmitAsync(Training());
        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));
        Assert.Contains("waiting", page.Find("h1").ParentElement!.TextContent, StringComparison.Ordinal);

        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("load", "train"), Events.Progress("train", 5, 10, 0.5)), TestLab.Token);

        await page.WaitForAssertionAsync(() => Assert.Contains("50 % · train · 5 of 10 steps", page.Find(".run-progress").TextContent, StringComparison.Ordinal));
        Assert.Equal("50", page.Find(".run-progress [role=progressbar]").GetAttribute("aria-valuenow"));
        Assert.Equal(["done", "running"], page.FindAll(".stages .st").Select(s => s.GetAttribute("aria-label")!.Split(": ")[1]));
    }

    [Fact]
    public async Task Page_PointsCome_SendsOnlyTheNewOnesToTheBrowser()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        BunitJSModuleInterop charts = pages.JSInterop.SetupModule("./js/charts.js");
        charts.Mode = JSRuntimeMode.Loose;
        string id = await lab.SubmitAsync(Training());
        await lab.Ingest.StoreAsync(
            id, Events.Numbered(1, Events.Started("train"), Events.Metric("train/loss", 1, 0.69), Events.Metric("train/loss", 2, 0.6)), TestLab.Token);
        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));
        await page.WaitForAssertionAsync(() => Assert.Equal(6, charts.Invocations["draw"].Count));

        await lab.Ingest.StoreAsync(id, Events.Numbered(4, Events.Metric("train/loss", 3, 0.5)), TestLab.Token);

        // sent after the render, so no further render tells when
        await Condition.HoldsAsync(() => charts.Invocations["tails"].SelectMany(i => (IReadOnlyList<CurveTail>)i.Arguments[1]!)
            .Any(tail => tail is { From: 2, X: [3], Y: [0.5] }));
        Assert.Equal(6, charts.Invocations["draw"].Count);
        await page.WaitForAssertionAsync(() => Assert.Contains(".500", page.Find(".cell").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_RunFailed_SaysWhyAndOffersARetry()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string id = await lab.SubmitAsync();
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("load"), Events.Failed("The folder has no tokenizer. Add tokenizer.json.")), TestLab.Token);
        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));

        Assert.Contains("The folder has no tokenizer. Add tokenizer.json.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await page.FindAll(".acts button").Single(b => b.TextContent.Trim() == "Retry").ClickAsync();

        await page.WaitForAssertionAsync(() => Assert.Contains("attempt 2", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_CancelConfirmed_CancelsTheWaitingRun()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string needed = await lab.SubmitAsync(), id = await lab.SubmitAsync(Specs.Needing(needed));
        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));

        await page.FindAll("dialog button").Single(b => b.TextContent == "Cancel the run").ClickAsync();

        await page.WaitForAssertionAsync(() => Assert.Contains("Cancelled by someone before it started.", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_Viewer_MayLookButNotCancel()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab, LabRole.Viewer);
        string id = await lab.SubmitAsync();

        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));

        Assert.True(page.FindAll(".acts button").Single(b => b.TextContent.Trim() == "Cancel").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Page_UnknownRun_SaysSo()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);

        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, "r-nothere"));

        Assert.Contains("There is no run", page.Find(".empty").TextContent, StringComparison.Ordinal);
    }

    private static DpoParameters Training() => new()
    {
        Model = Specs.Model,
        Pairs = new DatasetRef(InputRef.OfPath("/data/pairs.jsonl", "pairs")),
    };
}
