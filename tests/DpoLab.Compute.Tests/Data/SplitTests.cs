using DpoLab.Compute.Data;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Tests.Data;

public sealed class SplitTests
{
    [Fact]
    public void StratifiedSplit_UnevenClasses_SharesKeptAndNothingLost()
    {
        bool[] labels = [.. Enumerable.Range(0, 1000).Select(i => i % 10 == 0)];

        var split = StratifiedSplit.Make(labels, 0.1, 5);

        Assert.Equal(100, split.Validation.Count);
        Assert.Equal(10, split.Validation.Count(i => labels[i]));
        Assert.Equal(Enumerable.Range(0, 1000), split.Training.Concat(split.Validation).Order());
        Assert.Equal(split.Validation, StratifiedSplit.Make(labels, 0.1, 5).Validation);
        Assert.NotEqual(split.Validation, StratifiedSplit.Make(labels, 0.1, 6).Validation);
    }

    [Fact]
    public void StratifiedSplit_TinyClasses_NeverEmptied()
    {
        var split = StratifiedSplit.Make([true, false, false, true, true], 0.9, 1);

        Assert.Contains(split.Training, i => i is 1 or 2);
        Assert.Contains(split.Training, i => i is 0 or 3 or 4);
    }

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
