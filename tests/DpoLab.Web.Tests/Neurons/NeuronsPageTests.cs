using Bunit;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Neurons;

public sealed class NeuronsPageTests
{
    [Fact]
    public async Task Page_UnknownRun_SaysSo()
    {
        await using var context = await PageContext.StartAsync();

        var page = context.Render<NeuronsPage>(p => p.Add(n => n.Id, "r-nothere"));

        await page.WaitForAssertionAsync(() => Assert.Contains("There is no run", page.Markup));
    }

    [Fact]
    public async Task Page_RunOfAnotherKind_SaysSo()
    {
        await using var context = await PageContext.StartAsync();
        string id = await SubmitAsync(context, Specs.Direction());

        var page = context.Render<NeuronsPage>(p => p.Add(n => n.Id, id));

        await page.WaitForAssertionAsync(() => Assert.Contains("is no run of neuron statistics", page.Markup));
    }

    [Fact]
    public async Task Page_RunThatHasNotSucceeded_SaysWhatItWaitsFor()
    {
        await using var context = await PageContext.StartAsync();
        string id = await SubmitAsync(context, Statistics());

        var page = context.Render<NeuronsPage>(p => p.Add(n => n.Id, id));

        await page.WaitForAssertionAsync(() => Assert.Contains("appear here when it has succeeded", page.Markup));
    }

    [Theory]
    [InlineData(NeuronReading.OwnAnswers, "each its own answers to prompts, 32 + 20 tokens")]
    [InlineData(NeuronReading.BaseAnswers, "both base’s answers to prompts, 32 + 20 tokens")]
    [InlineData(NeuronReading.Text, "both the text wikitext, 32 + 20 tokens")]
    public async Task Page_OfAReading_SaysWhatWasRead(NeuronReading reading, string words)
    {
        await using var context = await PageContext.StartAsync();
        string id = await SubmitAsync(context, Statistics() with { Reading = reading, Text = new DatasetRef(InputRef.OfPath("/t", "wikitext")) });

        var page = context.Render<NeuronsPage>(p => p.Add(n => n.Id, id));

        await page.WaitForAssertionAsync(() => Assert.Contains(words, page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Index_NothingMeasured_OffersTheStudy()
    {
        await using var context = await PageContext.StartAsync();

        var page = context.Render<NeuronsIndexPage>();

        await page.WaitForAssertionAsync(() => Assert.Equal(Urls.NewStudy, page.Find(".empty a").GetAttribute("href")));
    }

    [Fact]
    public async Task Index_MeasuredPair_LeadsToItsNeurons()
    {
        await using var context = await PageContext.StartAsync();
        string id = await SubmitAsync(context, Statistics());

        var page = context.Render<NeuronsIndexPage>();

        await page.WaitForAssertionAsync(() => Assert.Contains(page.FindAll("a"), a => a.GetAttribute("href") == Urls.NeuronsOf(id)));
    }

    [Fact]
    public void Address_ThroughItsQuery_IsTheSame()
    {
        var filter = new NeuronFilter { Where = "cosine > .1", Region = new MapRegion.Box(0, 1, -1, 0), Y = NeuronColumn.ActivationChange };
        var written = filter.Write().ToDictionary(part => part.Name, part => part.Value);

        Assert.Equal(filter, NeuronFilter.Of(written["where"], written["box"], written["lasso"], written["x"], written["y"]));
        Assert.All(new NeuronAddress().Write(), part => Assert.Null(part.Value));
    }

    private static async Task<string> SubmitAsync(PageContext context, RunParameters parameters)
    {
        RunSpec spec = Specs.Of(parameters);
        await context.Get<RunCommands>().SubmitAsync([spec], PageContext.Ada, cancellationToken: PageContext.Token);
        return spec.Id;
    }

    private static NeuronsParameters Statistics() => new()
    {
        Base = Specs.Model,
        Tuned = Specs.Model,
        Direction = InputRef.OfPath("/d", "probe"),
        Prompts = new DatasetRef(InputRef.OfPath("/p", "prompts")),
    };
}
