using Bunit;
using DpoLab.Web.Home;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Home;

public sealed class HomePageTests
{
    [Fact]
    public async Task Page_NewLab_ShowsThreeStepsToTheFirstResult()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);

        IRenderedComponent<HomePage> page = pages.Render<HomePage>();

        Assert.Equal(3, page.FindAll(".steps li").Count);
    }

    [Fact]
    public async Task Page_FirstRunIsSubmitted_TakesThePlaceOfTheSteps()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        IRenderedComponent<HomePage> page = pages.Render<HomePage>();

        string id = await lab.SubmitAsync();

        await page.WaitForAssertionAsync(() => Assert.Contains(page.FindAll("section[aria-label='Running now'] a"), a => a.GetAttribute("href") == Urls.Run(id)));
        Assert.Empty(page.FindAll(".steps"));
    }

    [Fact]
    public async Task Page_RunFails_NeedsALookWithItsReason()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string id = await lab.SubmitAsync();
        IRenderedComponent<HomePage> page = pages.Render<HomePage>();

        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("load"), Events.Failed("No such folder. Correct the path.")), TestLab.Token);

        await page.WaitForAssertionAsync(() => Assert.Contains("No such folder. Correct the path.", page.Find("section[aria-label='Needs a look']").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_RowIsMeasured_IsAmongRecentResults()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string id = await lab.SubmitAsync();
        IRenderedComponent<HomePage> page = pages.Render<HomePage>();

        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("evaluate"), Events.Row("four groups", 0.214)), TestLab.Token);

        await page.WaitForAssertionAsync(() => Assert.Contains(".214", page.Find("section[aria-label='Recent results'] tbody tr").TextContent, StringComparison.Ordinal));
    }
}
