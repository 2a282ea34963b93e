using DpoLab.Compute.Directions;

namespace DpoLab.Compute.Tests.Directions;

public sealed class LbfgsTests
{
    [Fact]
    public void Minimise_IllConditionedQuadratic_ReachesItsKnownMinimum()
    {
        // ½ Σ s_i (x_i − i)², s from 1 to 1e6
        double[] scales = [.. Enumerable.Range(0, 40).Select(i => Math.Pow(10, 6.0 * i / 39))];

        Minimum minimum = Lbfgs.Minimise(Quadratic(scales), new double[40], 1e-8, 5000, CancellationToken.None);

        Assert.True(minimum.Converged);
        for (int i = 0; i < 40; i++)
            Assert.Equal(i, minimum.X[i], 1e-7);
    }

    [Fact]
    public void Minimise_CapTooLow_SaysThatItDidNotConverge()
    {
        double[] scales = [.. Enumerable.Range(0, 40).Select(i => Math.Pow(10, 6.0 * i / 39))];

        Minimum minimum = Lbfgs.Minimise(Quadratic(scales), new double[40], 1e-8, 3, CancellationToken.None);

        Assert.False(minimum.Converged);
        Assert.Equal(3, minimum.Iterations);
        Assert.True(minimum.GradientMax > 1e-8);
    }

    [Fact]
    public void Minimise_Cancelled_Throws()
    {
        Assert.Throws<OperationCanceledException>(
            () => Lbfgs.Minimise(Quadratic([1, 2]), new double[2], 1e-8, 100, new CancellationToken(canceled: true)));
    }

    private static Objective Quadratic(double[] scales) => (x, gradient) =>
    {
        double value = 0;
        for (int i = 0; i < scales.Length; i++)
        {
            gradient[i] = scales[i] * (x[i] - i);
            value += gradient[i] * (x[i] - i) / 2;
        }

        return value;
    };
}
