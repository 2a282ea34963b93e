using System.Net;
using System.Text.RegularExpressions;
using DpoLab.Web.Accounts;
using DpoLab.Web.Tests.Lab;
using Microsoft.AspNetCore.Mvc.Testing;

namespace DpoLab.Web.Tests.Accounts;

public sealed partial class SignInTests
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task FirstAdministrator_PrintedLink_WorksOnceAndSignsIn()
    {
        await using var lab = new WebLab(accounts: true);
        using HttpClient browser = Browser(lab);
        string link = (await lab.Get<FirstAdministrator>().LinkAsync(TestLab.Token))!;

        HttpResponseMessage made = await SubmitAsync(browser, "/" + link, Urls.PostFirst, ("key", KeyOf(link)), ("name", "ada"), ("password", Password));
        HttpResponseMessage mine = await browser.GetAsync(Urls.Api + "/people", TestLab.Token);
        using HttpClient second = Browser(lab);
        HttpResponseMessage again = await SubmitAsync(second, "/" + Urls.SignIn, Urls.PostFirst, ("key", KeyOf(link)), ("name", "eve"), ("password", Password));

        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        Assert.Equal(HttpStatusCode.OK, mine.StatusCode);
        Assert.Contains("problem=used", again.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Null(await lab.Get<FirstAdministrator>().LinkAsync(TestLab.Token));
        Assert.Equal("ada", Assert.Single(await lab.Get<People>().ListAsync(Actor.Local, TestLab.Token)).Name);
    }

    [Fact]
    public async Task FirstAdministrator_WrongKey_MakesNobody()
    {
        await using var lab = new WebLab(accounts: true);
        using HttpClient browser = Browser(lab);

        await SubmitAsync(browser, "/" + Urls.SignIn, Urls.PostFirst, ("key", "guess"), ("name", "eve"), ("password", Password));

        Assert.Empty(await lab.Get<People>().ListAsync(Actor.Local, TestLab.Token));
    }

    [Fact]
    public async Task SignIn_FiveWrongPasswords_LocksEvenTheRightOne()
    {
        await using var lab = new WebLab(accounts: true);
        using HttpClient browser = Browser(lab);
        await JoinAsync(lab, browser, "ann", LabRole.Researcher);
        using HttpClient other = Browser(lab);

        for (int i = 0; i < 5; i++)
            await SubmitAsync(other, "/" + Urls.SignIn, Urls.PostSignIn, ("name", "ann"), ("password", "wrong"), ("to", ""));
        HttpResponseMessage right = await SubmitAsync(other, "/" + Urls.SignIn, Urls.PostSignIn, ("name", "ann"), ("password", Password), ("to", ""));

        Assert.Contains("problem=locked", right.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync(Urls.Api + "/runs", TestLab.Token)).StatusCode);
    }

    [Fact]
    public async Task SignIn_RightPassword_OpensPagesAndLeadsOnlyWithinTheLab()
    {
        await using var lab = new WebLab(accounts: true);
        using HttpClient joined = Browser(lab);
        await JoinAsync(lab, joined, "ann", LabRole.Viewer);
        using HttpClient browser = Browser(lab);

        HttpResponseMessage closed = await browser.GetAsync("/", TestLab.Token);
        HttpResponseMessage inside = await SubmitAsync(browser, "/" + Urls.SignIn, Urls.PostSignIn, ("name", "ann"), ("password", Password), ("to", "//evil.example/"));
        HttpResponseMessage open = await browser.GetAsync("/", TestLab.Token);

        Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode);
        Assert.Contains(Urls.SignIn, closed.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal("/", inside.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
    }

    [Fact]
    public async Task SignIn_WithoutAntiforgeryToken_IsRefused()
    {
        await using var lab = new WebLab(accounts: true);
        using HttpClient browser = Browser(lab);

        HttpResponseMessage answer = await browser.PostAsync(
            Urls.PostSignIn, new FormUrlEncodedContent([KeyValuePair.Create("name", "a"), KeyValuePair.Create("password", "b")]), TestLab.Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static HttpClient Browser(WebLab lab) => lab.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    private static async Task JoinAsync(WebLab lab, HttpClient browser, string name, LabRole role)
    {
        string link = await lab.Get<People>().InviteAsync(name, role, Actor.Local);
        var query = System.Web.HttpUtility.ParseQueryString(link[link.IndexOf('?', StringComparison.Ordinal)..]);
        HttpResponseMessage joined = await SubmitAsync(
            browser, "/" + link, Urls.PostJoin, ("user", query["user"]!), ("token", query["token"]!), ("password", Password));
        Assert.Equal("/", joined.Headers.Location!.ToString());
    }

    /// <summary>Opens a page, takes its antiforgery token, and sends its form.</summary>
    private static async Task<HttpResponseMessage> SubmitAsync(HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        string html = await browser.GetStringAsync(page, TestLab.Token);
        string token = AntiforgeryField().Match(html).Groups["token"].Value;
        Assert.NotEmpty(token);
        return await browser.PostAsync(
            action, new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", token), .. fields.Select(f => KeyValuePair.Create(f.Name, f.Value))]), TestLab.Token);
    }

    private static string KeyOf(string link) => link[(link.IndexOf("key=", StringComparison.Ordinal) + 4)..];

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AntiforgeryField();
}
