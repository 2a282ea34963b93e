using Bunit;
using DpoLab.Web.Datasets;
using DpoLab.Web.Models;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Datasets;

public sealed class DatasetsPageTests
{
    [Fact]
    public async Task Datasets_EmptyLab_SaysWhatAStudyNeeds()
    {
        await using var context = await PageContext.StartAsync();

        var page = context.Render<DatasetsPage>();

        await page.WaitForAssertionAsync(() => Assert.Contains("No dataset yet", page.Find(".empty").TextContent));
    }

    [Fact]
    public async Task Datasets_FilteredByKind_SaysHowManyOfHowMany()
    {
        await using var context = await PageContext.StartAsync();
        await Stock.AddAllAsync(context.Database);
        context.Navigation.NavigateTo("datasets?kind=pairs");

        var page = context.Render<DatasetsPage>();

        await page.WaitForAssertionAsync(() => Assert.Single(page.FindAll("tbody tr")));
        Assert.Contains("1 of 5", page.Markup);
    }

    [Fact]
    public async Task Datasets_Chosen_ShowsItsFirstRecords()
    {
        await using var context = await PageContext.StartAsync();
        await Stock.AddAllAsync(context.Database);
        context.Navigation.NavigateTo("datasets?show=1");

        var page = context.Render<DatasetsPage>();

        await page.WaitForAssertionAsync(() => Assert.Contains("a first record", page.Find(".records").TextContent));
    }

    [Fact]
    public async Task Models_WithAModel_ShowsItsFactsAndThatItIsNotVerified()
    {
        await using var context = await PageContext.StartAsync();
        await Stock.AddAllAsync(context.Database);
        context.Navigation.NavigateTo("models?show=1");

        var page = context.Render<ModelsPage>();

        await page.WaitForAssertionAsync(() => Assert.Contains("4,608, 768 a layer", page.Markup));
        Assert.Contains("not verified", page.Markup);
    }
}
