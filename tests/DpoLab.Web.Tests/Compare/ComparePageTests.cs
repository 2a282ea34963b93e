using Bunit;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Charts;
using DpoLab.Web.Compare;
using DpoLab.Web.Tests.Interventions;
using DpoLab.Web.Tests.Lab;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace DpoLab.Web.Tests.Compare;

public sealed class ComparePageTests
{
    [Fact]
    public async Task Page_TwoEvaluations_ShowsWhatDiffersAndPairedDifferences()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string first = await lab.SubmitAsync(Measured.Parameters);
        string second = await lab.SubmitAsync(Measured.Parameters with { Seed = 7 });
        await Measured.StoreAsync(lab, first, ablated: [.3, .2]);
        await Measured.StoreAsync(lab, second, ablated: [.1, .1]);
        pages.Services.GetRequiredService<NavigationManager>().NavigateTo(Urls.CompareOf([first, second, "r-nothere"]));

        IRenderedComponent<ComparePage> page = pages.Render<ComparePage>();

        await page.WaitForAssertionAsync(() => Assert.Contains("Settings that differ", page.Markup, StringComparison.Ordinal));
        Assert.Equal(["seed", "0", "7"], page.FindAll("table")[1].QuerySelectorAll("tbody td").Select(td => td.TextContent.Trim()));
        Assert.Contains("Δ −.150 [−.200, −.100]", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Not in this lab: r-nothere", page.Markup, StringComparison.Ordinal);
        Assert.Equal([first, second], page.FindAll("table")[0].QuerySelectorAll("th a").Select(a => a.GetAttribute("title")));
    }

    [Fact]
    public async Task Page_TwoTrainings_DrawsTheirCurvesOnOneAxis()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        var dpo = new DpoParameters { Model = Specs.Model, Pairs = new DatasetRef(InputRef.OfPath("/data/pairs.jsonl")) };
        string[] ids = [await lab.SubmitAsync(dpo), await lab.SubmitAsync(dpo with { LearningRate = 3e-6 })];
        foreach (string id in ids)
            await lab.Ingest.StoreAsync(id, Events.Numbered(1, [Events.Started("train"), new MetricEvent { Name = "validation/loss", Step = 1, Value = .6 }, new MetricEvent { Name = "validation/loss", Step = 2, Value = .5 }]), TestLab.Token);
        pages.Services.GetRequiredService<NavigationManager>().NavigateTo(Urls.CompareOf(ids));

        IRenderedComponent<ComparePage> page = pages.Render<ComparePage>();

        await page.WaitForAssertionAsync(() => Assert.Equal(2, page.FindComponent<LineChart>().Instance.Lines.Count));
        Assert.All(page.FindComponent<LineChart>().Instance.Lines, line => Assert.Equal([.6, .5], line.Curve!.Points.Select(point => point.Value)));
        Assert.Contains("learningRate", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OneRun_SaysHowToChooseMore()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        pages.Services.GetRequiredService<NavigationManager>().NavigateTo(Urls.CompareOf([await lab.SubmitAsync()]));

        Assert.Contains("Two runs or more are compared", pages.Render<ComparePage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_Variants_GoByNameAndOnlyWhereSeveralHaveThem()
    {
        EvaluationVariant Scaled(string name, double factor) =>
            new() { Name = name, Intervention = new ScaleIntervention { Factor = factor, Neurons = new ListSelection([new NeuronIndex(0, 1)]) } };
        var one = Measured.Parameters with { Variants = [Scaled("a", 0), Scaled("b", 1)] };
        var other = Measured.Parameters with { Variants = [Scaled("c", 0), Scaled("b", 0.5)] };

        var differing = Assert.Single(SettingDifferences.Of([one, other]));

        Assert.Equal("variants[b].intervention.factor", differing.Path);
        Assert.Equal(["1", "0.5"], differing.Values);
    }

    [Fact]
    public void Differences_NestedSettings_AreNamedByTheirPaths()
    {
        var other = Measured.Parameters with { Data = Specs.Data() with { NewTokens = 5 }, Neurons = InputRef.OfPath("/n") };

        var differing = SettingDifferences.Of([Measured.Parameters, other]);

        Assert.Equal(["data.newTokens", "neurons"], differing.Select(setting => setting.Path));
        Assert.Equal(["20", "5"], differing[0].Values);
        Assert.Equal([null, "n"], differing[1].Values);
        Assert.Empty(SettingDifferences.Of([Measured.Parameters, Measured.Parameters]));
    }
}
