using System.Diagnostics;
using Bunit;
using DpoLab.Contracts.Results;
using DpoLab.Tests;
using DpoLab.Web.Neurons;
using DpoLab.Web.Shell;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Neurons;

public sealed class NeuronListTests
{
    [Fact]
    public void Page_EverySort_IsTheOrderOfTheNumbers()
    {
        var neurons = SyntheticNeurons.Of(5, 300, seed: 8);
        var table = NeuronTable.Read(neurons.File());
        ChosenNeurons chosen = new NeuronFilter { Where = "group = TP" }.Choose(table);
        int[] all = [.. Enumerable.Range(0, 1500).Where(i => neurons.Code[i] == 1)];

        Assert.Equal(all.OrderByDescending(i => neurons.Cosine[i]).ThenBy(i => i).Skip(20).Take(10), chosen.Page(NeuronColumn.Cosine, descending: true, 20, 10));
        Assert.Equal(all.OrderBy(i => i / 300).ThenBy(i => i).Take(30), chosen.Page(NeuronColumn.Layer, descending: false, 0, 30));
        Assert.Equal(all.OrderByDescending(i => i / 300).ThenBy(i => i).Take(30), chosen.Page(NeuronColumn.Layer, descending: true, 0, 30));
        Assert.Empty(chosen.Page(NeuronColumn.Cosine, descending: false, all.Length, 10));
        Assert.Equal(all.Length, chosen.Count);
    }

    [Fact]
    public void Page_FourHundredThousandNeurons_IsFast()
    {
        var table = NeuronTable.Read(SyntheticNeurons.Llama8B().File());
        string[] conditions = ["", "cosine > .03", "layer >= 12 and group = TP", "group in (AN, AP) or Δproj > 0"];
        var random = new Random(1);
        var milliseconds = new List<double>();
        for (int i = 0; i < 200; i++)
        {
            var filter = new NeuronFilter { Where = conditions[i % conditions.Length] };
            long began = Stopwatch.GetTimestamp();
            ChosenNeurons chosen = filter.Choose(table);
            chosen.Page((NeuronColumn)(i % 12), i % 2 == 0, random.Next(chosen.Count), 50);
            milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        milliseconds.Sort();
        Xunit.TestContext.Current.SendDiagnosticMessage($"list of {table.Count} neurons, filter and page: p50 {milliseconds[100]:0.0} ms, p95 {milliseconds[190]:0.0} ms");
        // the goal is 100 ms; a machine that builds meanwhile is allowed more
        Assert.True(milliseconds[190] < 1000, $"p95 is {milliseconds[190]} ms");
    }

    [Fact]
    public async Task List_OfAChoice_ShowsItsNeuronsWithTheirNumbers()
    {
        await using var context = await PageContext.StartAsync();
        var table = NeuronTable.Read(SyntheticNeurons.Of(4, 200, seed: 9).File());
        ChosenNeurons chosen = new NeuronFilter { Where = "toxic-rank <= 30" }.Choose(table);

        var list = context.Render<NeuronList>(p => p.Add(l => l.RunId, "r-1").Add(l => l.Chosen, chosen).Add(l => l.Address, new NeuronAddress { Page = 3, Sort = NeuronColumn.Cosine, Descending = true }));

        Assert.Equal(2, list.FindAll("tbody tr").Count); // 30 neurons, 14 on a page
        Assert.Contains("showing 2 of 30 chosen", list.Markup);
        Assert.Contains("page 3 of 3", list.Markup);
        int first = chosen.Page(NeuronColumn.Cosine, descending: true, 28, 1)[0];
        Assert.Equal(Numbers.Difference(table.Value(NeuronColumn.Cosine, first)), list.FindAll("tbody td")[2].TextContent);
        Assert.Equal("descending", list.Find("th[aria-sort]").GetAttribute("aria-sort"));
    }

    [Fact]
    public async Task List_EmptyChoice_OffersAllNeurons()
    {
        await using var context = await PageContext.StartAsync();
        var table = NeuronTable.Read(SyntheticNeurons.Of(2, 50, seed: 9).File());

        var list = context.Render<NeuronList>(p => p.Add(l => l.RunId, "r-1").Add(l => l.Chosen, new NeuronFilter { Where = "layer > 90" }.Choose(table)).Add(l => l.Address, new NeuronAddress()));

        Assert.Equal("Show all 100", list.Find(".empty a").TextContent);
    }

    [Fact]
    public async Task Strip_OfAChoice_CountsAgainstTheWholeGroup()
    {
        await using var context = await PageContext.StartAsync();
        var neurons = SyntheticNeurons.Of(4, 200, seed: 9);
        NeuronsResult whole = neurons.Result();
        ChosenSummary summary = ChosenSummary.Of(new NeuronFilter { Where = "layer = 0" }.Choose(NeuronTable.Read(neurons.File())));

        var strip = context.Render<GroupStrip>(p => p.Add(s => s.Groups, summary.Groups).Add(s => s.All, whole.Groups)
            .Add(s => s.Neurons, summary.Count).Add(s => s.Zeros, summary.Zeros).Add(s => s.TotalReduction, whole.TotalReduction));

        Assert.Equal(Numbers.Count(summary.Groups[0].Lowered), strip.FindAll(".big")[0].TextContent);
        Assert.Contains($"of {Numbers.Count(whole.Groups[0].Lowered)} lowered", strip.Markup);
    }
}
