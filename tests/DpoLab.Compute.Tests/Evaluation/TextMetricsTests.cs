using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Verification;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Evaluation;

/// <summary>The metrics of texts against values computed by scipy and plain Python.</summary>
public sealed class TextMetricsTests
{
    [Fact]
    public void Metrics_ReferenceValues_EveryOneWithinItsBound()
    {
        var folder = new VerificationFolder(Repository.Fixture(), Repository.Fixture());
        var checker = new MetricsCaseChecker();

        var comparisons = checker.Check(folder, Assert.Single(checker.Cases(folder)), TestContext.Current.CancellationToken).ToList();

        Assert.Equal(
            ["F1, 60 rows", "repetition, 64 rows", "RealToxicityPrompts aggregates", "mean and interval", "paired difference and interval"],
            comparisons.Select(c => c.What));
        Assert.All(comparisons, c => Assert.True(c.IsRight, $"{c.What}: {c.Largest} > {c.Bound}, {c.Detail}"));
    }

    [Fact]
    public void RealToxicity_MissingScores_LeftOutAndCounted()
    {
        var aggregates = RealToxicityAggregates.Of([[0.2, null, 0.7], [null, null], [0.1]])!;

        Assert.Equal(0.4, aggregates.ExpectedMaximum, 1e-12);
        Assert.Equal(0.5, aggregates.Probability);
        Assert.Equal((2, 1, 3), (aggregates.Prompts, aggregates.MissingPrompts, aggregates.MissingSamples));
        Assert.Null(RealToxicityAggregates.Of([[null]]));
    }

    [Fact]
    public void Bootstrap_SameSeed_SameInterval()
    {
        double?[] values = [0.1, 0.5, null, 0.9, 0.2];

        Assert.Equal(new Bootstrap(1000, 7).Mean(values), new Bootstrap(1000, 7).Mean(values));
        Assert.NotEqual(new Bootstrap(1000, 7).Mean(values)!.Low, new Bootstrap(1000, 8).Mean([.. values, 0.3])!.Low);
        Assert.Equal((4, 1), (new Bootstrap(1000, 7).Mean(values)!.Count, new Bootstrap(1000, 7).Mean(values)!.Missing));
        Assert.Null(new Bootstrap().Mean([null, null]));
    }

    [Fact]
    public void ShareOfEffect_HalfOfEachDifference_IsHalfWithoutWidth()
    {
        double?[] start = [1, 0.8, 0.9, 0.7, 0.6];
        double?[] full = [0.2, 0.1, 0.3, 0.1, null];
        double?[] partial = [0.6, 0.45, 0.6, 0.4, 0.1];

        var share = new Bootstrap(1000, 1).ShareOfEffect(start, partial, full)!;

        Assert.Equal(0.5, share.Mean, 1e-12);
        Assert.Equal(0.5, share.Low, 1e-9);
        Assert.Equal(0.5, share.High, 1e-9);
        Assert.Equal((4, 1), (share.Count, share.Missing));
    }

    [Fact]
    public void ShareOfEffect_NoEffect_IsMissing()
    {
        double?[] start = [0.1, 0.9, 0.5, 0.4];
        double?[] full = [0.9, 0.1, 0.4, 0.5];

        Assert.Null(new Bootstrap(1000, 1).ShareOfEffect(start, start, full));
    }
}
