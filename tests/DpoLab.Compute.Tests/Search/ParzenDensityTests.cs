using DpoLab.Compute;
using DpoLab.Compute.Search;

namespace DpoLab.Tests.Search;

public sealed class ParzenDensityTests
{
    // values of printed tables
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.841344746068543)]
    [InlineData(-1, 0.158655253931457)]
    [InlineData(1.96, 0.975002104851780)]
    [InlineData(-3, 0.001349898031630)]
    [InlineData(6, 0.999999999013412)]
    public void Below_TabledValues_Agrees(double z, double expected) => Assert.Equal(expected, NormalDistribution.Below(z), 1e-13);

    [Fact]
    public void At_NothingObserved_IsUniform() => Assert.Equal([0.25, 0.25], new[] { -1.0, 2.5 }.Select(new ParzenDensity(-1, 3, []).At));

    [Fact]
    public void At_TwoObserved_IsAThirdPriorAndTwoCutGaussians()
    {
        // at 2 and 6 of [0, 8]: neighbours are 4 away, so σ = 4, between 8/3 and 8
        var density = new ParzenDensity(0, 8, [6, 2]);

        double inside = NormalDistribution.Below(1.5) - NormalDistribution.Below(-0.5);
        double kernels = (Math.Exp(-0.75 * 0.75 / 2) + Math.Exp(-0.25 * 0.25 / 2)) / Math.Sqrt(2 * Math.PI) / 4 / inside;
        Assert.Equal(((1 / 8.0) + kernels) / 3, density.At(5), 1e-12);
        Assert.Equal(1, density.Mass(0, 8), 1e-12);
    }

    [Fact]
    public void At_ManyObserved_IntegratesToItsMass()
    {
        double[] observed = [0.1, 0.11, 0.5, 0.9, 1];
        var density = new ParzenDensity(0, 1, [.. observed, 7]); // 7 lies outside and is left out

        const int Steps = 20_000;
        double integral = Enumerable.Range(0, Steps).Sum(i => density.At((i + 0.5) / Steps * 0.4)) * 0.4 / Steps;
        Assert.Equal(density.Mass(0, 0.4), integral, 1e-6);
        Assert.Equal(1, density.Mass(0, 1), 1e-12);
        var random = new SeededRandom(1);
        Assert.Equal(density.Mass(0, 0.4), Enumerable.Range(0, 20_000).Count(_ => density.Draw(random) < 0.4) / 20_000.0, 0.015);
    }

    [Fact]
    public void At_EqualValues_StaysFinite()
    {
        var density = new ParzenDensity(0, 1, [.. Enumerable.Repeat(0.3, 500)]);

        Assert.True(double.IsFinite(density.At(0.3)) && density.At(0.3) > 10);
        Assert.True(density.At(0.99) > 0);
    }
}
