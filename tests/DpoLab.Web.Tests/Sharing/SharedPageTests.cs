using Bunit;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using DpoLab.Web.Sharing;
using DpoLab.Web.Studies;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Sharing;

public sealed class SharedPageTests
{
    [Fact]
    public async Task Page_OpenLink_ShowsTheStudyWithoutAnythingThatChangesIt()
    {
        await using var context = await PageContext.StartAsync();
        var (study, run) = await StudyAsync(context);
        var link = await context.Get<ShareLinks>().CreateAsync(ShareTarget.Study, study, PageContext.Ada, cancellationToken: PageContext.Token);

        var page = Open(context, link.Secret);

        await page.WaitForAssertionAsync(() => Assert.Equal("What is there?", page.Find("h1").TextContent));
        Assert.Equal(Urls.Shared(link.Secret, run), page.Find(".node").GetAttribute("href"));
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent is "Edit" or "Share" or "Retry failed");
    }

    [Fact]
    public async Task Page_RevokedLink_OpensNothing()
    {
        await using var context = await PageContext.StartAsync();
        var (study, _) = await StudyAsync(context);
        var link = await context.Get<ShareLinks>().CreateAsync(ShareTarget.Study, study, PageContext.Ada, cancellationToken: PageContext.Token);
        await context.Get<ShareLinks>().RevokeAsync(link.Id, PageContext.Ada, PageContext.Token);

        var page = Open(context, link.Secret);

        await page.WaitForAssertionAsync(() => Assert.Contains("revoked", page.Markup));
        Assert.DoesNotContain("What is there?", page.Markup);
    }

    [Fact]
    public async Task Page_RunThatCameLater_IsNotShown()
    {
        await using var context = await PageContext.StartAsync();
        var (study, _) = await StudyAsync(context);
        var link = await context.Get<ShareLinks>().CreateAsync(ShareTarget.Study, study, PageContext.Ada, cancellationToken: PageContext.Token);
        string later = await AddRunAsync(context, study);

        var page = Open(context, link.Secret, later);

        await page.WaitForAssertionAsync(() => Assert.Contains("This link does not open anything", page.Markup));
        Assert.DoesNotContain(later, page.Markup);
    }

    [Fact]
    public async Task Page_WrongSecret_OpensNothing()
    {
        await using var context = await PageContext.StartAsync();
        await StudyAsync(context);

        var page = Open(context, "AAAAAAAAAAAAAAAAAAAAAA");

        await page.WaitForAssertionAsync(() => Assert.Contains("This link does not open anything", page.Markup));
    }

    private static IRenderedComponent<SharedPage> Open(PageContext context, string secret, string? run = null)
    {
        context.Navigation.NavigateTo(Urls.Shared(secret, run));
        return context.Render<SharedPage>(p => p.Add(s => s.Secret, secret));
    }

    private static async Task<(string Study, string Run)> StudyAsync(PageContext context)
    {
        string study = await context.Get<StudyCommands>().CreateAsync("What is there?", PageContext.Ada, PageContext.Token);
        return (study, await AddRunAsync(context, study));
    }

    private static async Task<string> AddRunAsync(PageContext context, string study)
    {
        var spec = Specs.Of(Specs.Direction());
        await context.Get<RunCommands>().SubmitAsync([spec], PageContext.Ada, studyId: study, cancellationToken: PageContext.Token);
        return spec.Id;
    }
}
