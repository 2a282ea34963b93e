using System.Text.Json;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;

namespace DpoLab.Tests.Interventions;

public sealed class EditSelectionTests
{
    [Theory]
    [MemberData(nameof(ScienceFixtures.Families), MemberType = typeof(ScienceFixtures))]
    public void Choose_ReferenceStatistics_GivesReferenceNeurons(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        var (before, _) = fixture.Statistics();

        var chosen = EditSelection.Choose(before.Cosine, before.Activation, beta: 0.5, NeuronGroups.All);

        var expected = fixture.Json.GetProperty("selection");
        foreach (var (group, neurons) in chosen)
            Assert.Equal(expected.GetProperty(group.ToString().ToUpperInvariant()).Deserialize<int[]>()!.Order(), neurons);
    }

    [Theory]
    [InlineData(.29, 100, 29)]
    [InlineData(.57, 100, 57)]
    [InlineData(.1, 30, 3)]
    [InlineData(1, 7, 7)]
    [InlineData(.5, 7, 3)]
    [InlineData(0, 7, 0)]
    [InlineData(.2899999, 100, 28)]
    public void Taken_WrittenFraction_IsFlooredAsWritten(double beta, int size, int expected) => Assert.Equal(expected, EditSelection.Taken(beta, size));

    [Fact]
    public void Choose_EqualCosines_TakesTheLowerFlatIndices()
    {
        double[] cosine = [.3, .3, .3, .3, -.2, -.2];
        double[] mean = [1, 1, 1, 1, 1, 1];

        var chosen = EditSelection.Choose(cosine, mean, beta: 0.5, [NeuronGroup.Tp, NeuronGroup.Ap]);

        Assert.Equal([0, 1], chosen[NeuronGroup.Tp]);
        Assert.Equal([4], chosen[NeuronGroup.Ap]);
    }

    [Fact]
    public void Choose_WithinLayers_TakesTheFractionOfTheQuadrantsThere()
    {
        double[] cosine = [.9, .8, .7, .6, .1, .2, .3, .4];
        double[] mean = [1, 1, 1, 1, 1, 1, 1, 1];

        var chosen = EditSelection.Choose(cosine, mean, beta: 0.5, [NeuronGroup.Tp], within: 4..8);

        Assert.Equal([6, 7], chosen[NeuronGroup.Tp]);
    }
}
