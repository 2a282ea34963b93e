using DpoLab.Web.Charts;
using DpoLab.Web.Runs;

namespace DpoLab.Web.Tests.Charts;

public sealed class CurveTailsTests
{
    [Fact]
    public void Between_PointsAdded_SendsThemAlone()
    {
        CurveTail tail = Assert.Single(CurveTails.Between([Exact(1, 2, 3)], [Exact(1, 2, 3, 4, 5)]));

        Assert.Equal(3, tail.From);
        Assert.Equal([4, 5], tail.X);
        Assert.True(tail.Exact);
        Assert.Null(tail.Low);
    }

    [Fact]
    public void Between_NothingNew_SendsNothing() => Assert.Empty(CurveTails.Between([Exact(1, 2)], [Exact(1, 2)]));

    [Fact]
    public void Between_LastBucketGrew_SendsThatBucketAgain()
    {
        CurveTail tail = Assert.Single(CurveTails.Between([Summed((4, 4), (6, 2))], [Summed((4, 4), (7, 3))]));

        Assert.Equal(1, tail.From);
        Assert.Equal([7], tail.X);
        Assert.Equal([3], tail.Counts);
    }

    [Fact]
    public void Between_CurveIsSummedUpFromNowOn_SendsItWholeWithItsBand()
    {
        CurveTail tail = Assert.Single(CurveTails.Between([Exact(1, 2, 3, 4)], [Summed((4, 4))]));

        Assert.Equal(0, tail.From);
        Assert.False(tail.Exact);
        Assert.NotNull(tail.Low);
    }

    [Fact]
    public void Between_ValueIsNotFinite_SendsAGap()
    {
        Curve drawn = Exact(1), now = drawn with { Points = [.. drawn.Points, new CurvePoint(2, double.NaN, double.NaN, double.NaN, 1)] };

        Assert.Equal([null], Assert.Single(CurveTails.Between([drawn], [now])).Y);
    }

    private static Curve Exact(params long[] steps) =>
        new("train/loss", null, Exact: true, steps.Length, [.. steps.Select(s => new CurvePoint(s, s * 0.1, s * 0.1, s * 0.1, 1))]);

    private static Curve Summed(params (long Last, long Count)[] buckets) =>
        new("train/loss", null, Exact: false, buckets.Sum(b => b.Count), [.. buckets.Select(b => new CurvePoint(b.Last, 0.5, 0.4, 0.6, b.Count))]);
}
