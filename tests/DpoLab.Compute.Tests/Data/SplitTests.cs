using DpoLab.Compute.Data;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Tests.Data;

public sealed class SplitTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(299)]
    [InlineData(300)]
    public void PromptHalves_AnyCount_DisjointBalancedComplete(int count)
    {
        var selection = PromptHalves.Select(count, 3, PromptHalf.Selection);
        var report = PromptHalves.Select(count, 3, PromptHalf.Report);

        Assert.Equal(Enumerable.Range(0, count), selection.Concat(report).Order());
        Assert.InRange(report.Count - selection.Count, 0, 1);
        Assert.Equal(selection.Order(), selection);
        Assert.Equal(selection, PromptHalves.Select(count, 3, PromptHalf.Selection));
        Assert.Equal(Enumerable.Range(0, count), PromptHalves.Select(count, 3, PromptHalf.All));
    }

    [Fact]
    public void SeededRandom_KnownSeed_KnownNumbers()
    {
        // the first outputs of SplitMix64 for the seed 1234567, as published with the algorithm
        var random = new SeededRandom(1234567);

        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL], new[] { random.NextBits(), random.NextBits(), random.NextBits() });
    }
}
