using DpoLab.Compute.Neurons;
using DpoLab.Tests.Science;

namespace DpoLab.Tests.Neurons;

public sealed class NeuronReportTests
{
    [Theory]
    [MemberData(nameof(ScienceFixtures.Families), MemberType = typeof(ScienceFixtures))]
    public void Of_AnyStatistics_GroupsCounterMoversAndZerosAreAllNeurons(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
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
        using var fixture = ScienceFixtures.Open("gpt2");
        var (before, _) = fixture.Statistics();

        var result = NeuronReport.Of(before, before, 24);

        Assert.Equal(result.Layers * result.NeuronsPerLayer, result.Zeros);
        Assert.Equal(0, result.TotalReduction);
        Assert.Equal([0, 0, 0], result.Cumulative.Marks);
        Assert.All(result.TopToxic, share => Assert.Equal(0, share.Share));
    }
}
