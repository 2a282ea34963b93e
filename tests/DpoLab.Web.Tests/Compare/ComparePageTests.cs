using Bunit;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using DpoLab.Web.Charts;
using DpoLab.Web.Compare;
using DpoLab.Web.Neurons;
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

        var differing = Assert.Single(Differences(one, other));

        Assert.Equal("variants[b].intervention.factor", differing.Path);
        Assert.Equal(["1", "0.5"], differing.Values);
    }

    [Fact]
    public void Differences_NestedSettings_AreNamedByTheirPaths()
    {
        var other = Measured.Parameters with { Data = Specs.Data() with { NewTokens = 5 }, Neurons = InputRef.OfPath("/n") };

        var differing = Differences(Measured.Parameters, other);

        Assert.Equal(["data.newTokens", "neurons"], differing.Select(setting => setting.Path));
        Assert.Equal(["20", "5"], differing[0].Values);
        Assert.Equal([null, "n"], differing[1].Values);
        Assert.Empty(Differences(Measured.Parameters, Measured.Parameters));
    }

    [Fact]
    public void Differences_Studies_MatchRunsByWhatTheyAreForAndLeaveOutWhatEachMadeItself()
    {
        ComparedPart[] Study(string dpo, int seed, int? limit) =>
        [
            new("dpo", dpo, new DpoParameters { Model = Specs.Model, Pairs = new DatasetRef(InputRef.OfPath("/data/pairs.jsonl")), Seed = seed }),
            new("reference", dpo + "2", Measured.Parameters with
            {
                Seed = seed,
                Model = InputRef.OfArtifact(dpo, Artifacts.BestModel),
                Data = Specs.Data() with { Prompts = Specs.Data().Prompts with { Limit = limit } },
            }),
        ];
        ComparedPart more = new("survive", "r-aaaaaaa9", Measured.Parameters with { Seed = 9 });

        var differing = SettingDifferences.Of([Study("r-aaaaaaa1", 0, null), [.. Study("r-aaaaaaa3", 7, 40), more]]);

        Assert.Equal(["seed", "data.prompts.limit"], differing.Select(setting => setting.Path));
        Assert.Equal(["0", "7"], differing[0].Values);
        Assert.Equal(["dpo", "reference"], differing[0].Of);
        Assert.Equal([null, "40"], differing[1].Values);
    }

    [Fact]
    public void Overlap_TwoPairsOfOneShape_CountsTheNeuronsThatAreInBothGroups()
    {
        NeuronTable first = Table(seed: 1);
        NeuronTable other = Table(seed: 2);

        GroupOverlap overlap = GroupOverlap.Of(first, other);

        foreach (NeuronGroup group in Enum.GetValues<NeuronGroup>())
        {
            int[] both = [.. Enumerable.Range(0, first.Count).Where(i => first.GroupOf(i) == group && other.GroupOf(i) == group)];
            int either = Enumerable.Range(0, first.Count).Count(i => first.GroupOf(i) == group || other.GroupOf(i) == group);
            Assert.Equal(both.Length, overlap.ToFirst[group].Both);
            Assert.Equal((double)both.Length / either, overlap.ToFirst[group].Jaccard, 1e-12);
        }

        Assert.All(GroupOverlap.Of(first, first).ToFirst.Values, same => Assert.Equal(1, same.Jaccard));
        Assert.Contains("cannot be matched", GroupOverlap.Of(first, Table(seed: 1, layers: 3)).Missing, StringComparison.Ordinal);
    }

    private static NeuronTable Table(int seed, int layers = 4) => NeuronTable.Read(SyntheticNeurons.Of(layers, 200, seed).File());

    private static IReadOnlyList<DifferingSetting> Differences(params RunParameters[] specs) =>
        SettingDifferences.Of([.. specs.Select((spec, i) => (IReadOnlyList<ComparedPart>)[new ComparedPart("", $"r-{i}", spec)])]);
}
