namespace DpoLab.Tests.Science;

/// <summary>The bound of the reference values: at most tolerance · max(1, |expected|) away.</summary>
internal static class Close
{
    public static void To(double expected, double actual, double tolerance = 1e-5, string what = "value") =>
        Assert.True(
            Math.Abs(actual - expected) <= tolerance * Math.Max(1, Math.Abs(expected)),
            $"{what}: {actual:r} is not {expected:r} within {tolerance:g1}.");

    public static void To(double[] expected, double[] actual, double tolerance = 1e-5, string what = "value")
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            To(expected[i], actual[i], tolerance, $"{what}[{i}]");
    }
}
