using AngleSharp.Dom;
using Bunit;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace DpoLab.Web.Tests.Runs;

public sealed class RunsPageTests
{
    [Fact]
    public async Task Page_AddressNamesAFilter_ShowsThoseRunsAlone()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string first = await lab.SubmitAsync(), second = await lab.SubmitAsync(Specs.Needing(first));
        pages.Services.GetRequiredService<NavigationManager>().NavigateTo("runs?kind=evaluate");

        IRenderedComponent<RunsPage> page = pages.Render<RunsPage>();

        Assert.Contains(second, Assert.Single(page.FindAll("tbody tr")).TextContent, StringComparison.Ordinal);
        Assert.Contains("showing 1 of 1 that match", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_NothingMatches_NamesTheFilterAndOffersToClearIt()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        await lab.SubmitAsync();
        pages.Services.GetRequiredService<NavigationManager>().NavigateTo("runs?kind=dpo&tag=8B");

        IRenderedComponent<RunsPage> page = pages.Render<RunsPage>();

        Assert.Contains("kind: dpo, tag: 8B", page.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Equal(Urls.Runs, page.Find(".empty a").GetAttribute("href"));
    }

    [Fact]
    public async Task Kind_Chosen_GoesIntoTheAddress()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        IRenderedComponent<RunsPage> page = pages.Render<RunsPage>();

        await page.Find("select").ChangeAsync("sweep");

        Assert.EndsWith("?kind=sweep", pages.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_RunStarts_ShowsItWithoutReload()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string id = await lab.SubmitAsync();
        IRenderedComponent<RunsPage> page = pages.Render<RunsPage>();

        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("load"), Events.Progress("load", 1, 4, 0.25)), TestLab.Token);

        await page.WaitForAssertionAsync(() =>
        {
            IElement row = Assert.Single(page.FindAll("tbody tr"));
            Assert.Contains("running", row.TextContent, StringComparison.Ordinal);
            Assert.Contains("load · 1 of 4 steps", row.TextContent, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Csv_Run_HasOneFieldAColumnAndQuotesCommas()
    {
        var run = new RunSummary
        {
            Id = "r-1",
            Name = "patch, shift",
            Kind = Contracts.Runs.RunKind.Evaluate,
            Service = "box",
            CreatedBy = "you",
            CreatedAt = Events.Time,
            Status = new RunStatus { State = DpoLab.Web.Data.RunState.Failed, Attempt = 2, Reason = "say \"why\"" },
        };

        string[] lines = RunListCsv.Of([run]).Split("\r\n");

        Assert.StartsWith("id,name,kind,state,attempt,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("r-1,\"patch, shift\",evaluate,failed,2,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",\"say \"\"why\"\"\"", lines[1], StringComparison.Ordinal);
    }
}
