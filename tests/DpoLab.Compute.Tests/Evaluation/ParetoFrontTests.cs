using DpoLab.Compute.Evaluation;

namespace DpoLab.Tests.Evaluation;

public sealed class ParetoFrontTests
{
    [Fact]
    public void Of_Points_MarksThoseThatNoneBeats()
    {
        (double, double)[] points = [(.5, 100), (.4, 101), (.4, 102), (.6, 100), (.2, 110), (.3, 111), (.5, 100), (double.NaN, 1)];

        bool[] front = ParetoFront.Of(points);

        Assert.Equal([true, true, false, false, true, false, true, false], front);
    }

    [Fact]
    public void Of_RandomPoints_AgreesWithTheDefinition()
    {
        var random = new Random(7);
        (double T, double P)[] points = [.. Enumerable.Range(0, 200).Select(_ => (Math.Round(random.NextDouble(), 2), Math.Round(random.NextDouble(), 2)))];

        bool[] front = ParetoFront.Of(points);

        for (int i = 0; i < points.Length; i++)
        {
            bool beaten = points.Any(q => q.T <= points[i].T && q.P <= points[i].P && (q.T < points[i].T || q.P < points[i].P));
            Assert.Equal(!beaten, front[i]);
        }
    }
}
