using System.Formats.Tar;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using DpoLab.Web.Accounts;
using DpoLab.Web.Compute;
using DpoLab.Web.Data;
using DpoLab.Web.Datasets;
using DpoLab.Web.Downloads;
using DpoLab.Web.Models;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Downloads;

/// <summary>The whole way: web server, real compute service, a hub of this process.</summary>
public sealed class WholeWayTests
{
    private const string Secret = "hf_very_secret";

    [Fact]
    public async Task Download_OnTheRealService_BecomesAModelThatIsExportedAndFetched()
    {
        await using LocalHub hub = (await LocalHub.StartAsync())
            .AddFolder("some-lab/small", Repository.Demo("base-model")).AddFolder("some-lab/judge", Repository.Demo("scorer"))
            .Add("datasets/some-lab/prompts", "prompts.jsonl", await File.ReadAllBytesAsync(Repository.Demo("challenge-prompts.jsonl"), TestLab.Token));
        hub.Gate = Secret;
        Environment.SetEnvironmentVariable("HF_ENDPOINT", hub.Endpoint.ToString()); // the lab's own compute service inherits it
        await using var lab = new WebLab(embedded: true);
        using HttpClient client = lab.Anonymous();
        await Wait.UntilAsync(() => lab.Get<ComputeServices>().List().Any(s => s.State is ServiceState.Connected), "the service is connected", TestLab.Token);
        Environment.SetEnvironmentVariable("HF_ENDPOINT", null);
        string service = lab.Get<ComputeServices>().List()[0].Name;

        await lab.Get<DownloadCommands>().SetTokenAsync(service, Secret, Actor.Local, TestLab.Token);
        await EndedAsync(client, await SubmitAsync(client, new DownloadParameters { Repository = "some-lab/small" }));
        await EndedAsync(client, await SubmitAsync(client, new DownloadParameters { Repository = "some-lab/judge", ListedAs = "the judge" }));
        await EndedAsync(client, await SubmitAsync(client, new DownloadParameters { Repository = "some-lab/prompts", Dataset = DatasetKind.Prompts }));
        await Wait.UntilAsync(async () => (await lab.Get<ModelQueries>().ListAsync(cancellationToken: TestLab.Token)).Count == 2, "both models are listed", TestLab.Token);
        await Wait.UntilAsync(async () => (await lab.Get<DatasetQueries>().ListAsync(cancellationToken: TestLab.Token)).Count == 1, "the dataset is listed", TestLab.Token);

        var models = await lab.Get<ModelQueries>().ListAsync(cancellationToken: TestLab.Token);
        Assert.Equal(["small", "the judge"], models.Select(m => m.Name));
        Assert.Equal(["decoder", "classifier"], models.Select(m => m.Role));
        RunView export = await EndedAsync(client, await SubmitAsync(client, new ExportParameters { Model = models[0].Ref }));
        Assert.Equal(0, ((ExportResult)export.Result!).Check.LargestDifference);
        await FolderUnpacksAsync(client, export);
        await NowhereButOnTheHostAsync(lab);
    }

    private static async Task FolderUnpacksAsync(HttpClient client, RunView export)
    {
        string folder = Directory.CreateTempSubdirectory("dpolab-tar-").FullName;
        await using (Stream tar = await client.GetStreamAsync(Urls.RunFolder(export.Summary.Id, Artifacts.Exported), TestLab.Token))
            await TarFile.ExtractToDirectoryAsync(tar, folder, overwriteFiles: false, TestLab.Token);
        Assert.Equal(
            await File.ReadAllBytesAsync(Repository.Demo("base-model", "tokenizer.json"), TestLab.Token),
            await File.ReadAllBytesAsync(Path.Combine(folder, Artifacts.Exported, "tokenizer.json"), TestLab.Token));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Neither the database nor anything that can be read of it holds the token.</summary>
    private static async Task NowhereButOnTheHostAsync(WebLab lab)
    {
        string database = lab.Get<LabOptions>().DatabaseFile;
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(database)!, Path.GetFileName(database) + "*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            Assert.DoesNotContain(Secret, await reader.ReadToEndAsync(TestLab.Token), StringComparison.Ordinal);
        }

        ServiceReport report = lab.Get<ComputeServices>().List()[0].Report!;
        Assert.DoesNotContain(Secret, System.Text.Json.JsonSerializer.Serialize(report), StringComparison.Ordinal);
    }

    private static async Task<string> SubmitAsync(HttpClient client, RunParameters parameters) =>
        (await WebLab.ReadAsync<RunSummary>(await WebLab.PostAsync(client, "/runs", new RunRequest { Name = "A run", Parameters = parameters }))).Id;

    private static async Task<RunView> EndedAsync(HttpClient client, string id)
    {
        RunView? run = null;
        await Wait.UntilAsync(async () => !(run = await WebLab.GetAsync<RunView>(client, $"/runs/{id}")).Status.IsActive, $"run {id} ends", TestLab.Token);
        Assert.True(run!.Status.State is RunState.Succeeded, run.Status.Reason);
        return run;
    }
}
