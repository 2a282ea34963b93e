using DpoLab.Compute.Neurons;

namespace DpoLab.Tests.Neurons;

public sealed class CumulativeCurveTests
{
    [Fact]
    public void Of_ManyNeurons_IsThinnedWithExactMarks()
    {
        double[] reductions = [.. Enumerable.Range(1, 50_000).Select(rank => 1.0 / rank)];

        var curve = CumulativeCurve.Of(reductions);

        double total = reductions.Sum();
        Assert.True(curve.Neurons.Count <= CumulativeCurve.MaximumPoints + CumulativeCurve.MarkedShares.Count);
        Assert.Equal(1, curve.Neurons[0]);
        Assert.Equal(50_000, curve.Neurons[^1]);
        Assert.Equal(1, curve.Share[^1], 12);
        for (int i = 0; i < curve.Marks.Count; i++)
        {
            double share = CumulativeCurve.MarkedShares[i];
            Assert.True(reductions.Take(curve.Marks[i]).Sum() >= share * total);
            Assert.True(reductions.Take(curve.Marks[i] - 1).Sum() < share * total);
            Assert.Contains(curve.Marks[i], curve.Neurons);
        }
    }

    [Fact]
    public void Of_OneNeuron_MarksIt() => Assert.Equal([1, 1, 1], CumulativeCurve.Of([0.25]).Marks);
}
