using Bunit;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Datasets;
using DpoLab.Web.Downloads;
using DpoLab.Web.Models;
using DpoLab.Web.Runs;
using DpoLab.Web.Runs.NewRun;
using DpoLab.Web.Tests.Lab;
using Microsoft.Extensions.Logging.Abstractions;

namespace DpoLab.Web.Tests.Downloads;

/// <summary>Downloads on the pages of models and datasets, with events as a compute service sends them.</summary>
public sealed class DownloadPagesTests
{
    private static readonly DownloadParameters Small = new() { Repository = "some-lab/small" };

    [Fact]
    public async Task Dialog_FromTheHub_StartsADownload()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        var page = pages.Render<ModelsPage>();
        await page.WaitForAssertionAsync(() => page.Find(".empty button"));

        await page.Find(".empty button").ClickAsync(new());
        await Button(page, "the Hugging Face hub").ClickAsync(new());
        await Button(page, "Scorer: Detoxify original").ClickAsync(new());
        await page.Find("#model-revision").InputAsync("refs/pr/1");
        await page.Find("#model-name").InputAsync("toxic");
        await Button(page, "Download").ClickAsync(new());

        await page.WaitForAssertionAsync(() => Assert.Contains("unitary/toxic-bert@refs/pr/1", page.Find(".downloads").TextContent, StringComparison.Ordinal));
        var run = Assert.Single((await lab.Runs.ListAsync(new RunFilter())).Items);
        var spec = (DownloadParameters)(await lab.RunAsync(run.Id)).Spec.Parameters;
        Assert.Equal(("unitary/toxic-bert", "refs/pr/1", "toxic"), (spec.Repository, spec.Revision, spec.ListedAs));
    }

    [Fact]
    public async Task Dialog_IdThatCannotBe_SaysHowIdsLook()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        var page = pages.Render<ModelsPage>();
        await page.WaitForAssertionAsync(() => page.Find(".empty button"));

        await page.Find(".empty button").ClickAsync(new());
        await Button(page, "the Hugging Face hub").ClickAsync(new());
        await page.Find("#model-repository").InputAsync("https://huggingface.co/gpt2");
        await Button(page, "Download").ClickAsync(new());

        await page.WaitForAssertionAsync(() => Assert.Contains("is no id of the hub", page.Find(".badmsg").TextContent, StringComparison.Ordinal));
        Assert.Empty((await lab.Runs.ListAsync(new RunFilter())).Items);
    }

    [Fact]
    public async Task Models_WhileItArrives_ShowsBytesAndALineAndThenTheModel()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync(Small);
        await using var pages = new TestPages(lab);
        ProgressEvent quarter = Events.Progress("download", 250_000_000, 1_000_000_000, 0.25) with { Unit = "bytes", Rate = 20_000_000 };
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("ask the hub", "download"), quarter), TestLab.Token);

        var page = pages.Render<ModelsPage>();
        await page.WaitForAssertionAsync(() => Assert.Contains("250 MB of 1 GB, 20 MB/s", page.Find(".downloads").TextContent, StringComparison.Ordinal));
        Assert.Equal("25", page.Find(".downloads [role=progressbar]").GetAttribute("aria-valuenow"));
        await lab.Ingest.StoreAsync(id, Events.Numbered(3, Arrived()), TestLab.Token);
        await RegistrationOf(lab).AddArrivedAsync(TestLab.Token);

        await page.WaitForAssertionAsync(() => Assert.Equal("small", page.Find("table tbody a").TextContent));
        Assert.Empty(page.FindAll(".downloads"));
        ModelView model = Assert.Single(await lab.Get<ModelQueries>().ListAsync(cancellationToken: TestLab.Token));
        Assert.Equal(("/data/models/some-lab/small/abc", Stock.Decoder.Digest), (model.Ref.Location, model.Ref.Digest));
        Assert.Contains("some-lab/small at abc (main) from hub.example, licence mit", model.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_FailedDownload_SaysWhyAndRetries()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync(Small);
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("ask the hub"), Events.Failed("It is gated. Accept its licence.")), TestLab.Token);
        await using var pages = new TestPages(lab);
        var page = pages.Render<ModelsPage>();
        await page.WaitForAssertionAsync(() => Assert.Contains("It is gated. Accept its licence.", page.Find(".downloads").TextContent, StringComparison.Ordinal));

        await Button(page, "Retry").ClickAsync(new());

        await page.WaitForAssertionAsync(() => Assert.Empty(page.FindAll(".downloads .st.failed")));
        Assert.Equal(2, (await lab.RunAsync(id)).Status.Attempt);
    }

    [Fact]
    public async Task AddArrived_ModelTakenOffTheList_DoesNotComeBack()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync(Small);
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started("download"), Arrived()), TestLab.Token);
        DownloadRegistration registration = RegistrationOf(lab);
        await registration.AddArrivedAsync(TestLab.Token);
        await registration.AddArrivedAsync(TestLab.Token);
        ModelView model = Assert.Single(await lab.Get<ModelQueries>().ListAsync(cancellationToken: TestLab.Token));

        await lab.Get<ModelCommands>().RemoveAsync(model.Id!.Value, Actor.Local, TestLab.Token);
        await registration.AddArrivedAsync(TestLab.Token);

        Assert.Empty(await lab.Get<ModelQueries>().ListAsync(cancellationToken: TestLab.Token));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("edit")]
    [InlineData("ablate")]
    [InlineData("unalign")]
    public void ExportForm_EveryPreset_MakesASpecThatClonesToItself(string preset)
    {
        RunForm form = RunForms.Find("export")!;
        RunDraft draft = form.Draft() with { Preset = form.Presets.Single(p => p.Key == preset) };
        draft = draft.With("model", "/models/small").With("neurons", "r-1:neurons.safetensors");

        var plan = RunPlan.Of(draft, InputOptions.None);
        var spec = Assert.IsType<ExportParameters>(Assert.Single(plan.Runs).Spec);
        var again = Assert.IsType<ExportParameters>(Assert.Single(RunPlan.Of(form.Clone(spec), InputOptions.None).Runs).Spec);

        Assert.Empty(plan.Errors);
        Assert.Equal(preset == "plain", spec.Intervention is null);
        Assert.Equal(SpecIdentity.Of(spec), SpecIdentity.Of(again));
    }

    [Fact]
    public void ExportForm_SteeringByTheStreamsNorm_IsRefusedInTheRunsWords()
    {
        RunForm form = RunForms.Find("export")!;

        DraftRefusal refusal = Assert.Single(form.Refusals(form.Draft().With("what", "steer"), InputOptions.None));

        Assert.Equal(("intervention.unit", ModelRefusals.SteeringByNorm), (refusal.Key, refusal.Reason));
    }

    [Fact]
    public void DownloadForm_Dataset_MakesASpecThatClonesToItself()
    {
        RunForm form = RunForms.Find("download")!;
        RunDraft draft = form.Draft().With("repository", "some-lab/comments").With("dataset", "comments").With("file", "data/train.csv");

        var spec = Assert.IsType<DownloadParameters>(Assert.Single(RunPlan.Of(draft, InputOptions.None).Runs).Spec);
        var again = Assert.IsType<DownloadParameters>(Assert.Single(RunPlan.Of(form.Clone(spec), InputOptions.None).Runs).Spec);

        Assert.Equal((DatasetKind.Comments, "data/train.csv", "main"), (spec.Dataset, spec.File, spec.Revision));
        Assert.Equal(spec, again);
    }

    private static DownloadRegistration RegistrationOf(TestLab lab) => new(
        lab.Database, lab.Get<ModelCommands>(), lab.Get<DatasetCommands>(), lab.Signals, NullLogger<DownloadRegistration>.Instance);

    private static FinishedEvent Arrived() => new()
    {
        Outcome = RunOutcome.Succeeded,
        Seconds = 1,
        Result = new DownloadResult
        {
            Repository = "some-lab/small",
            Revision = "main",
            Commit = "abc",
            Hub = "hub.example",
            Licence = "mit",
            Location = "/data/models/some-lab/small/abc",
            Files = [],
            BytesFetched = 1,
            Model = Stock.Decoder,
        },
    };

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<ModelsPage> page, string words) =>
        page.FindAll("button").First(button => button.TextContent.Trim() == words);
}
