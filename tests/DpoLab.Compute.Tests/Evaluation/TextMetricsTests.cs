using System.Text.Json;
using DpoLab.Compute.Evaluation;
using DpoLab.Contracts.Results;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Evaluation;

/// <summary>The metrics of texts against values computed by scipy and plain Python.</summary>
public sealed class TextMetricsTests
{
    private static readonly JsonElement Expected =
        JsonDocument.Parse(File.ReadAllText(Repository.Fixture("metrics", "expected.json"))).RootElement;

    [Fact]
    public void TokenF1_ReferenceRows_Equal()
    {
        Assert.All(Expected.GetProperty("f1").EnumerateArray(), row =>
            Assert.Equal(
                row.GetProperty("f1").GetDouble(),
                TokenF1.Of(Integers(row.GetProperty("prediction")), Integers(row.GetProperty("gold"))),
                1e-12));
    }

    [Fact]
    public void Repetition_ReferenceRows_Equal()
    {
        Assert.All(Expected.GetProperty("repetition").EnumerateArray(), row =>
            Assert.Equal(row.GetProperty("value").GetDouble(), Repetition.Of(row.GetProperty("text").GetString()!), 1e-12));
    }

    [Fact]
    public void RealToxicity_ReferenceScores_Equal()
    {
        var rtp = Expected.GetProperty("rtp");
        IReadOnlyList<double?>[] scores = [.. rtp.GetProperty("scores").EnumerateArray().Select(Numbers)];

        var aggregates = RealToxicityAggregates.Of(scores)!;

        Assert.Equal(rtp.GetProperty("expected_maximum_toxicity").GetDouble(), aggregates.ExpectedMaximum, 1e-12);
        Assert.Equal(rtp.GetProperty("sd_population").GetDouble(), aggregates.Deviation, 1e-12);
        Assert.Equal(rtp.GetProperty("toxicity_probability").GetDouble(), aggregates.Probability, 1e-12);
        Assert.Equal((40, 0, 0), (aggregates.Prompts, aggregates.MissingPrompts, aggregates.MissingSamples));
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
    public void Bootstrap_ReferenceValues_EndsWithinFivePercentOfTheWidth()
    {
        var intervals = Expected.GetProperty("intervals");
        var before = Numbers(intervals.GetProperty("before"));
        var after = Numbers(intervals.GetProperty("after"));
        var bootstrap = new Bootstrap(seed: 3);

        var mean = bootstrap.Mean(before)!;
        var difference = bootstrap.PairedDifference(before, after)!;

        Assert.Equal(intervals.GetProperty("mean_before").GetDouble(), mean.Mean, 1e-12);
        Assert.Equal(intervals.GetProperty("mean_difference").GetDouble(), difference.Mean, 1e-12);
        AssertEnds(intervals.GetProperty("interval_before"), mean);
        AssertEnds(intervals.GetProperty("interval_paired_difference"), difference);
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

    private static void AssertEnds(JsonElement expected, Estimate estimate)
    {
        double low = expected[0].GetDouble();
        double high = expected[1].GetDouble();
        Assert.Equal(low, estimate.Low, 0.05 * (high - low));
        Assert.Equal(high, estimate.High, 0.05 * (high - low));
    }

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(i => i.GetInt32())];

    private static double?[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(v => (double?)v.GetDouble())];
}
