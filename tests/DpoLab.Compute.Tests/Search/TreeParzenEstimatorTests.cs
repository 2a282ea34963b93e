using DpoLab.Compute;
using DpoLab.Compute.Search;

namespace DpoLab.Tests.Search;

public sealed class TreeParzenEstimatorTests
{
    private static readonly SearchDimension[] Mixed =
    [
        new RealDimension("x", -5, 5),
        new RealDimension("scale", 1e-3, 10, Logarithmic: true),
        new IntegerDimension("n", 0, 30),
        new ChoiceDimension("kind", 4),
    ];

    /// <summary>Least at x = 1.5, scale = 0.1, n = 7, kind = 2, where it is 0.</summary>
    private static double Loss(double[] p) =>
        ((p[0] - 1.5) * (p[0] - 1.5)) + Math.Pow(Math.Log10(p[1]) + 1, 2) + (Math.Pow(p[2] - 7, 2) / 25) + (p[3] == 2 ? 0 : 3);

    [Fact]
    public void Propose_MixedDimensions_FindsTheOptimumFasterThanChance()
    {
        const int Searches = 40;
        const int Trials = 80;
        double[] guided = [.. Enumerable.Range(0, Searches).Select(seed => Search(seed, Trials, randomFirst: Trials / 4).Min())];
        double[] random = [.. Enumerable.Range(0, Searches).Select(seed => Search(seed + 1000, Trials, randomFirst: Trials).Min())];

        // a sign test: if both were equally good, 30 or more wins of 40 would happen once in 900
        int wins = guided.Zip(random).Count(pair => pair.First < pair.Second);
        Assert.True(wins >= 30, $"better than chance in {wins} of {Searches} searches");
        Assert.True(Median(guided) < Median(random) / 2, $"median {Median(guided):0.000} against {Median(random):0.000}");
    }

    [Fact]
    public void Propose_SameSeed_ProposesTheSamePoint()
    {
        Assert.Equal(Search(3, 40, 10), Search(3, 40, 10));
        Assert.NotEqual(Search(3, 40, 10), Search(4, 40, 10));
    }

    [Fact]
    public void Propose_RuleBetweenDimensions_IsKept()
    {
        SearchDimension[] layers = [new IntegerDimension("first", 0, 5), new IntegerDimension("last", 0, 5)];
        var estimator = new TreeParzenEstimator(layers, p => p[0] <= p[1]);
        var random = new SeededRandom(1);
        var tried = new List<double[]>();

        for (int i = 0; i < 60; i++)
            tried.Add(i < 20 ? estimator.DrawAtRandom(random) : estimator.Propose([.. tried.OrderByDescending(p => p[0])], random));

        Assert.All(tried, p => Assert.True(p[0] <= p[1] && p[0] >= 0 && p[1] <= 5));
        Assert.Equal(5, tried.Skip(40).Select(p => p[0]).GroupBy(first => first).MaxBy(g => g.Count())!.Key);
    }

    [Fact]
    public void DrawAtRandom_NothingAllowed_SaysSoInsteadOfDrawingForever() => Assert.Throws<InvalidOperationException>(
        () => new TreeParzenEstimator(Mixed, _ => false).DrawAtRandom(new SeededRandom(0)));

    [Fact]
    public void DrawAtRandom_LogarithmicDimension_IsEvenInTheLogarithm()
    {
        var random = new SeededRandom(5);
        double[] drawn = [.. Enumerable.Range(0, 4000).Select(_ => new RealDimension("s", 1e-3, 10, Logarithmic: true).Draw(random))];

        Assert.Equal(0.25, drawn.Count(v => v < 1e-2) / 4000.0, 0.03);
        Assert.Equal(0.25, drawn.Count(v => v > 1) / 4000.0, 0.03);
    }

    [Fact]
    public void Estimate_Choice_IsThePriorPlusCounts()
    {
        var density = new ChoiceDimension("c", 3).Estimate([0, 0, 2]);

        Assert.Equal([3 / 6.0, 1 / 6.0, 2 / 6.0], Enumerable.Range(0, 3).Select(v => Math.Exp(density.LogDensity(v))), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Estimate_Integer_SumsToOneOverItsValues()
    {
        var density = new IntegerDimension("n", 2, 9).Estimate([2, 2, 5, 9]);

        Assert.Equal(1, Enumerable.Range(2, 8).Sum(n => Math.Exp(density.LogDensity(n))), 1e-12);
        var random = new SeededRandom(2);
        double[] drawn = [.. Enumerable.Range(0, 20_000).Select(_ => density.Draw(random))];
        Assert.All(Enumerable.Range(2, 8), n => Assert.Equal(Math.Exp(density.LogDensity(n)), drawn.Count(v => v == n) / 20_000.0, 0.015));
    }

    private static double[] Search(int seed, int trials, int randomFirst)
    {
        var estimator = new TreeParzenEstimator(Mixed);
        var random = new SeededRandom(seed);
        var tried = new List<double[]>();
        for (int i = 0; i < trials; i++)
            tried.Add(i < randomFirst ? estimator.DrawAtRandom(random) : estimator.Propose([.. tried.OrderBy(Loss)], random));
        return [.. tried.Select(Loss)];
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
