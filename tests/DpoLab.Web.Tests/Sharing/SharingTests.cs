using System.Net;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Data;
using DpoLab.Web.Runs;
using DpoLab.Web.Sharing;
using DpoLab.Web.Studies;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Sharing;

public sealed class SharingTests
{
    [Fact]
    public async Task SharedStudy_Visitor_ReadsItAndNothingElse()
    {
        await using var lab = new WebLab(accounts: true);
        (string study, string inside, string outside) = await PrepareAsync(lab);
        NewShareLink link = await lab.Get<ShareLinks>().CreateAsync(ShareTarget.Study, study, Actor.Local, cancellationToken: TestLab.Token);
        using HttpClient visitor = lab.Anonymous();
        string shared = "/shared/" + link.Secret;

        Assert.Equal(22, link.Secret.Length);
        Assert.Equal(study, (await WebLab.GetAsync<StudyView>(visitor, shared + "/study")).Summary.Id);
        Assert.Equal(inside, (await WebLab.GetAsync<RunView>(visitor, $"{shared}/runs/{inside}")).Summary.Id);
        foreach (string part in (string[])["", "/metrics", "/metrics.csv", "/rows", "/rows.csv", "/texts", "/texts.jsonl", "/log"])
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(visitor, $"{shared}/runs/{outside}{part}"));
        foreach (string closed in (string[])["/runs", "/studies", $"/runs/{inside}", $"/studies/{study}", "/models", "/datasets", "/share-links", "/people", "/services", $"/runs/{inside}/files/spec.json"])
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(visitor, closed));
        Assert.Equal(HttpStatusCode.Unauthorized, (await WebLab.PostAsync(visitor, $"/runs/{inside}/cancel", new { })).StatusCode);
    }

    [Fact]
    public async Task SharedStudy_RunsAddedLater_AreNotShown()
    {
        await using var lab = new WebLab(accounts: true);
        (string study, string inside, string outside) = await PrepareAsync(lab);
        NewShareLink link = await lab.Get<ShareLinks>().CreateAsync(ShareTarget.Study, study, Actor.Local, cancellationToken: TestLab.Token);

        await lab.Get<StudyCommands>().AddRunAsync(study, outside, Actor.Local, TestLab.Token);

        using HttpClient visitor = lab.Anonymous();
        StudyView shown = await WebLab.GetAsync<StudyView>(visitor, $"/shared/{link.Secret}/study");
        Assert.Equal([inside], shown.Nodes.Select(n => n.Run.Id));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(visitor, $"/shared/{link.Secret}/runs/{outside}"));
    }

    [Fact]
    public async Task OpenAsync_RevokedExpiredOrWrong_OpensNothing()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string run = await lab.SubmitAsync();
        ShareLinks links = lab.Get<ShareLinks>();
        NewShareLink revoked = await links.CreateAsync(ShareTarget.Run, run, Actor.Local, cancellationToken: TestLab.Token);
        NewShareLink brief = await links.CreateAsync(ShareTarget.Run, run, Actor.Local, DateTimeOffset.UtcNow.AddMilliseconds(300), TestLab.Token);
        Assert.NotNull(await links.OpenAsync(revoked.Secret, cancellationToken: TestLab.Token));

        await links.RevokeAsync(revoked.Id, Actor.Local, TestLab.Token);

        Assert.Null(await links.OpenAsync(revoked.Secret, cancellationToken: TestLab.Token));
        Assert.Null(await links.OpenAsync("AAAAAAAAAAAAAAAAAAAAAA", cancellationToken: TestLab.Token));
        Assert.Null(await links.OpenAsync(null, cancellationToken: TestLab.Token));
        await Wait.UntilAsync(async () => await links.OpenAsync(brief.Secret, cancellationToken: TestLab.Token) is null, "the link expires", TestLab.Token);
    }

    [Fact]
    public async Task OpenAsync_Visits_AreCountedAndTheSecretIsNotStored()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string run = await lab.SubmitAsync();
        ShareLinks links = lab.Get<ShareLinks>();
        NewShareLink link = await links.CreateAsync(ShareTarget.Run, run, Actor.Local, cancellationToken: TestLab.Token);

        await links.OpenAsync(link.Secret, cancellationToken: TestLab.Token);
        await links.OpenAsync(link.Secret, count: false, cancellationToken: TestLab.Token);
        await links.OpenAsync(link.Secret, cancellationToken: TestLab.Token);

        ShareLinkView listed = Assert.Single(await links.ListAsync(Actor.Local, run, TestLab.Token));
        Assert.Equal(2, listed.Opened);
        string stored = await lab.Database.ReadAsync(db => Task.FromResult(System.Text.Json.JsonSerializer.Serialize(db.ShareLinks.ToList())), TestLab.Token);
        Assert.DoesNotContain(link.Secret, stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RevokeAsync_LinkOfAnother_NeedsAnAdministrator()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string run = await lab.SubmitAsync();
        ShareLinks links = lab.Get<ShareLinks>();
        NewShareLink link = await links.CreateAsync(ShareTarget.Run, run, new Actor("ann", LabRole.Researcher, "1"), cancellationToken: TestLab.Token);

        await Assert.ThrowsAsync<NotAllowedException>(() => links.RevokeAsync(link.Id, new Actor("bob", LabRole.Researcher, "2"), TestLab.Token));
        await Assert.ThrowsAsync<NotAllowedException>(() => links.CreateAsync(ShareTarget.Run, run, new Actor("eve", LabRole.Viewer, "3"), cancellationToken: TestLab.Token));
        await links.RevokeAsync(link.Id, new Actor("root", LabRole.Admin, "4"), TestLab.Token);
        Assert.Null(await links.OpenAsync(link.Secret, cancellationToken: TestLab.Token));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path) => (await client.GetAsync(Urls.Api + path, TestLab.Token)).StatusCode;

    private static async Task<(string Study, string Inside, string Outside)> PrepareAsync(WebLab lab)
    {
        RunSpec inside = Specs.Of(Specs.Direction());
        RunSpec outside = Specs.Of(Specs.Direction());
        string study = await lab.Get<StudyCommands>().CreateAsync("Why?", Actor.Local, TestLab.Token);
        await lab.Get<RunCommands>().SubmitAsync([inside], Actor.Local, studyId: study, cancellationToken: TestLab.Token);
        await lab.Get<RunCommands>().SubmitAsync([outside], Actor.Local, cancellationToken: TestLab.Token);
        return (study, inside.Id, outside.Id);
    }
}
