using Bunit;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;
using DpoLab.Web.Runs.NewRun;
using DpoLab.Web.Studies;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Runs.NewRun;

public sealed class NewRunPageTests
{
    [Fact]
    public async Task Page_EmptyLab_SaysWhichFieldsNeedAValue()
    {
        await using var context = await PageContext.StartAsync();

        var page = await OpenAsync(context, "runs/new?kind=dpo");

        var links = page.FindAll(".side .note .link").Select(link => link.TextContent);
        Assert.Equal(["Model", "Preference pairs"], links);
        Assert.Contains("none here yet", page.Find("#f-model").TextContent);
    }

    [Fact]
    public async Task Page_OneModelAndDataset_ChoosesThem()
    {
        await using var context = await PageContext.StartAsync();
        await Stock.AddAllAsync(context.Database);

        var page = await OpenAsync(context, "runs/new?kind=dpo");

        Assert.Equal("/models/small", page.Find("#f-model").GetAttribute("value"));
        Assert.Contains("6 layers, 4,608 neurons", page.Markup);
        Assert.Equal("Queue the run", page.Find(".queue").TextContent);
    }

    [Fact]
    public async Task Typing_AWrongNumber_ShowsTheErrorAtTheFieldAndInTheSummary()
    {
        await using var context = await PageContext.StartAsync();
        await Stock.AddAllAsync(context.Database);
        var page = await OpenAsync(context, "runs/new?kind=dpo");

        await page.Find("#f-beta").InputAsync("100");

        Assert.Equal("true", page.Find("#f-beta").GetAttribute("aria-invalid"));
        Assert.Contains("outside 0.0001 to 10", page.Find("#f-beta-error").TextContent);
        Assert.Contains("β", page.Find(".side .note.err").TextContent);
    }

    [Fact]
    public async Task Typing_SeveralValues_MakesChipsAndAsManyRuns()
    {
        await using var context = await PageContext.StartAsync();
        await Stock.AddAllAsync(context.Database);
        var page = await OpenAsync(context, "runs/new?kind=dpo");

        await page.Find("#f-beta").InputAsync("0.05, 0.2");
        // counted while typing, chips when the field is left
        Assert.Contains("2 values make 2 runs", page.Markup);
        Assert.Empty(page.FindAll(".chips .chip"));
        await page.Find("#f-beta").BlurAsync(new());

        Assert.Equal(["0.05", "0.2"], page.FindAll(".chips .chip").Select(chip => chip.TextContent.Trim()));
        Assert.Equal("Queue 2 runs", page.Find(".queue").TextContent);
    }

    [Fact]
    public async Task Queue_ValidForm_SubmitsItsRunsUnderTheirNames()
    {
        await using var context = await PageContext.StartAsync();
        await Stock.AddAllAsync(context.Database);
        var page = await OpenAsync(context, "runs/new?kind=dpo&beta=0.05,%200.1&name=Two");

        await page.Find(".queue").ClickAsync(new());

        var runs = (await context.Get<RunQueries>().ListAsync(new RunFilter { Order = RunOrder.Oldest })).Items;
        Assert.Equal(["Two, β 0.05", "Two, β 0.1"], runs.Select(run => run.Name));
        Assert.All(runs, run => Assert.Equal("ada", run.CreatedBy));
        Assert.EndsWith("/runs", context.Navigation.Uri);
    }

    [Fact]
    public async Task Queue_EmptyForm_SubmitsNothingAndComplains()
    {
        await using var context = await PageContext.StartAsync();
        var page = await OpenAsync(context, "runs/new?kind=dpo");

        await page.Find(".queue").ClickAsync(new());

        Assert.NotNull(page.Find(".queue").GetAttribute("disabled"));
        Assert.Contains("No model chosen", page.Find("#f-model-error").TextContent);
        Assert.Equal(0, (await context.Get<RunQueries>().ListAsync(new RunFilter())).Total);
    }

    [Fact]
    public async Task Plan_SameSettingsAsAnEarlierRun_NamesIt()
    {
        await using var context = await PageContext.StartAsync();
        await Stock.AddAllAsync(context.Database);
        var page = await OpenAsync(context, "runs/new?kind=direction&method=embedding-difference");
        await page.Find(".queue").ClickAsync(new());
        string id = (await context.Get<RunQueries>().ListAsync(new RunFilter())).Items[0].Id;

        var again = await OpenAsync(context, "runs/new?kind=direction&method=embedding-difference");

        Assert.Equal($"same as {id}", again.Find(".same").TextContent);
    }

    [Fact]
    public async Task From_AnEarlierRun_FillsTheFormWithItsSettings()
    {
        await using var context = await PageContext.StartAsync();
        var spec = new RunSpec { Id = RunIds.New(), Name = "Earlier", Parameters = new DirectionParameters { Model = InputRef.OfPath("/models/other"), Method = DirectionMethod.EmbeddingDifference, ToxicWords = ["bad"] } };
        await context.Get<RunCommands>().SubmitAsync([spec], PageContext.Ada, cancellationToken: PageContext.Token);

        var page = await OpenAsync(context, $"runs/new?from={spec.Id}");

        Assert.Equal("Earlier (copy)", page.Find("#f-name").GetAttribute("value"));
        Assert.Equal("/models/other", page.Find("#f-model").GetAttribute("value"));
        Assert.Equal("bad", page.Find("#f-toxicWords").GetAttribute("value"));
    }

    [Fact]
    public async Task Study_FilledForm_MakesTheStudyWithAllItsRuns()
    {
        await using var context = await PageContext.StartAsync();
        await Stock.AddAllAsync(context.Database);
        var page = await OpenAsync(context, "studies/new");

        await page.Find(".queue").ClickAsync(new());

        var study = Assert.Single((await context.Get<StudyQueries>().ListAsync(cancellationToken: PageContext.Token)).Items);
        Assert.Equal("Do toxic neurons explain what DPO does to small?", study.Question);
        Assert.Equal(10, study.Runs.Count);
        Assert.EndsWith($"/studies/{study.Id}", context.Navigation.Uri);
    }

    private static async Task<IRenderedComponent<NewRunPage>> OpenAsync(PageContext context, string address)
    {
        context.Navigation.NavigateTo(address);
        var page = context.Render<NewRunPage>();
        await page.WaitForElementAsync(".form");
        return page;
    }
}
