using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DpoLab.Web.Tests.Lab;

/// <summary>The whole web server in this process, with a data folder of its own. Its compute service is either not there or the real one.</summary>
internal sealed class WebLab : WebApplicationFactory<LabDatabase>
{
    private readonly string folder = Directory.CreateTempSubdirectory("dpolab-web-").FullName;
    private readonly bool accounts;
    private readonly bool embedded;

    public WebLab(bool accounts = false, bool embedded = false) => (this.accounts, this.embedded) = (accounts, embedded);

    public string ComputeData => Path.Combine(folder, "compute");

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A client that keeps no cookies and follows no redirects, so that what the server says is seen.</summary>
    public HttpClient Anonymous() => CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false });

    /// <summary>A client that shows the personal token of a new person.</summary>
    public async Task<HttpClient> SignedInAsync(LabRole role)
    {
        string name = $"{role}-{Guid.NewGuid():N}";
        await Get<People>().InviteAsync(name, role, Actor.Local);
        PersonView person = (await Get<People>().ListAsync(Actor.Local, TestLab.Token)).Single(p => p.Name == name);
        NewApiToken token = await Get<ApiTokens>().CreateAsync("test", new Actor(name, role, person.Id), cancellationToken: TestLab.Token);
        HttpClient client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        return client;
    }

    public static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, object body) =>
        client.PostAsJsonAsync(Urls.Api + path, body, ContractJson.Options, TestLab.Token);

    public static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync(TestLab.Token);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        // pages' records have read-only members, which our own dialect would refuse to read
        var lenient = new JsonSerializerOptions(ContractJson.Options) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip };
        return JsonSerializer.Deserialize<T>(text, lenient)!;
    }

    public static async Task<T> GetAsync<T>(HttpClient client, string path) => await ReadAsync<T>(await client.GetAsync(Urls.Api + path, TestLab.Token));

    /// <summary>Errors by field of a refused request.</summary>
    public static async Task<IReadOnlyDictionary<string, string[]>> ErrorsAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestLab.Token));
        return problem.RootElement.GetProperty("errors").Deserialize<Dictionary<string, string[]>>()!;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Lab:DataDirectory", folder);
        builder.UseSetting("Lab:Accounts", accounts ? "true" : "false");
        builder.ConfigureLogging(log => log.ClearProviders());
        if (embedded)
            return;
        builder.UseSetting("Compute:Mode", nameof(ComputeMode.Remote));
        builder.UseSetting("Compute:Services:0:Name", "far away");
        // nothing listens on the discard port: a service that is configured and not there
        builder.UseSetting("Compute:Services:0:Address", "http://127.0.0.1:9");
        builder.UseSetting("Compute:Services:0:Token", "none");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        await Wait.UntilAsync(() => Wait.ProcessesWith(folder).Count == 0, "the lab's processes end", CancellationToken.None);
        Directory.Delete(folder, recursive: true);
    }
}
