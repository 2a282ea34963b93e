using System.Globalization;
using System.Text.Json;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;

namespace DpoLab.Tests.Neurons;

public sealed class NeuronReportTests
{
    public static TheoryData<string, string> FamiliesAndProtocols()
    {
        var data = new TheoryData<string, string>();
        foreach (string family in (string[])["gpt2", "llama31", "gemma2", "mistral"])
        {
            data.Add(family, "");
            data.Add(family, "published");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(FamiliesAndProtocols))]
    public void Of_ReferenceStatistics_GivesReferenceGroups(string family, string protocol)
    {
        using var fixture = new ScienceFixture(family);
        var expected = fixture.Json.GetProperty(protocol.Length == 0 ? "groups" : "published_groups");
        var result = Report(fixture, protocol);

        Assert.Equal(expected.GetProperty("zeros_or_nonfinite").GetInt32(), result.Zeros);
        Assert.Equal(expected.GetProperty("lowered").GetInt32(), result.Groups.Sum(g => g.Lowered));
        Close.To(expected.GetProperty("total_reduction").GetDouble(), result.TotalReduction, what: "total");
        Close.To(expected.GetProperty("net").GetDouble(), result.NetReduction, what: "net");
        foreach (var group in result.Groups)
        {
            var e = expected.GetProperty("groups").GetProperty(Name(group.Group));
            Assert.Equal(e.GetProperty("total").GetInt32(), group.Total);
            Assert.Equal(e.GetProperty("lowered").GetInt32(), group.Lowered);
            Assert.Equal(e.GetProperty("raised").GetInt32(), group.Raised);
            Close.To(e.GetProperty("reduction").GetDouble(), group.Reduction, what: $"reduction of {group.Group}");
            Close.To(e.GetProperty("share").GetDouble(), group.Share, what: $"share of {group.Group}");
            Close.To(e.GetProperty("increase").GetDouble(), group.CounterMovement, what: $"counter-movement of {group.Group}");
            double[] perLayer = e.GetProperty("reduction_per_layer").Deserialize<double[]>()!;
            Close.To(perLayer, [.. result.ByLayer.Select(l => -l.GroupChange[(int)group.Group])], what: $"layers of {group.Group}");
        }
    }

    [Theory]
    [MemberData(nameof(FamiliesAndProtocols))]
    public void Of_ReferenceStatistics_GivesReferenceGroupsByActivation(string family, string protocol)
    {
        using var fixture = new ScienceFixture(family);
        var expected = fixture.Json.GetProperty(protocol.Length == 0 ? "groups" : "published_groups").GetProperty("by_activation");
        foreach (var group in Report(fixture, protocol).GroupsByActivation)
        {
            var e = expected.GetProperty(Name(group.Group));
            Assert.Equal(e.GetProperty("count").GetInt32(), group.Lowered);
            Close.To(e.GetProperty("reduction").GetDouble(), group.Reduction, what: $"reduction of {group.Group}");
        }
    }

    [Theory]
    [MemberData(nameof(FamiliesAndProtocols))]
    public void Of_ReferenceStatistics_GivesReferenceSharesAndChanges(string family, string protocol)
    {
        using var fixture = new ScienceFixture(family);
        var expected = fixture.Json.GetProperty(protocol.Length == 0 ? "groups" : "published_groups");
        var result = Report(fixture, protocol);

        var marks = expected.GetProperty("neurons_for_share");
        Assert.Equal([.. ((string[])["50", "75", "99"]).Select(m => marks.GetProperty(m).GetInt32())], result.Cumulative.Marks);
        Assert.All(result.Cumulative.Marks, mark => Assert.Contains(mark, result.Cumulative.Neurons));
        foreach (var share in expected.GetProperty("top_toxic_share").EnumerateObject())
        {
            var ours = Assert.Single(result.TopToxic, t => t.K == int.Parse(share.Name, CultureInfo.InvariantCulture));
            Close.To(share.Value.GetDouble(), ours.Share, what: $"share of the top {share.Name}");
        }

        foreach (var change in result.ActivationChanges)
        {
            var e = change.Group is { } group ? expected.GetProperty("percent_change_per_group").GetProperty(Name(group)) : expected.GetProperty("percent_change");
            Assert.Equal(e.GetProperty("n").GetInt32(), change.Count);
            Close.To(e.GetProperty("mean").GetDouble(), change.Mean, what: $"mean of {change.Group}");
            Close.To(e.GetProperty("sd").GetDouble(), change.StandardDeviation, what: $"SD of {change.Group}");
        }

        Close.To(expected.GetProperty("percent_change").GetProperty("lower").GetDouble(), result.ActivationChanges[0].Low, what: "lower quantile");
        Close.To(expected.GetProperty("percent_change").GetProperty("upper").GetDouble(), result.ActivationChanges[0].High, what: "upper quantile");
        Close.To(expected.GetProperty("pearson_change_vs_cosine").GetDouble(), result.CorrelationWithCosine, what: "r with cosine");
        Close.To(expected.GetProperty("pearson_change_vs_mean").GetDouble(), result.CorrelationWithActivation, what: "r with activation");
    }

    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Of_AnyStatistics_GroupsCounterMoversAndZerosAreAllNeurons(string family)
    {
        using var fixture = new ScienceFixture(family);
        var (before, after) = fixture.Statistics();
        before.Activation[3] = 0;
        before.Cosine[5] = 0;
        after.Projection[7] = before.Projection[7];
        after.Projection[9] = double.NaN;

        var result = NeuronReport.Of(before, after, 24);

        Assert.Equal(4, result.Zeros);
        Assert.Equal(result.Layers * result.NeuronsPerLayer, result.Groups.Sum(g => g.Lowered + g.Raised) + result.Zeros);
        Assert.All(result.Groups, g => Assert.Equal(g.Total, g.Lowered + g.Raised));
    }

    [Fact]
    public void Of_TunedEqualsBase_HasNoReductionAndNoMarks()
    {
        using var fixture = new ScienceFixture("gpt2");
        var (before, _) = fixture.Statistics();

        var result = NeuronReport.Of(before, before, 24);

        Assert.Equal(result.Layers * result.NeuronsPerLayer, result.Zeros);
        Assert.Equal(0, result.TotalReduction);
        Assert.Equal([0, 0, 0], result.Cumulative.Marks);
        Assert.All(result.TopToxic, share => Assert.Equal(0, share.Share));
    }

    private static NeuronsResult Report(ScienceFixture fixture, string protocol)
    {
        var (before, after) = fixture.Statistics(protocol.Length == 0 ? "" : protocol + ".");
        return NeuronReport.Of(before, after, fixture.Prompts.Count);
    }

    private static string Name(NeuronGroup group) => group.ToString().ToUpperInvariant();
}
