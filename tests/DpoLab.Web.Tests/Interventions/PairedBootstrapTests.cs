using System.Text.Json;
using DpoLab.Tests;
using DpoLab.Web.Interventions;

namespace DpoLab.Web.Tests.Interventions;

public sealed class PairedBootstrapTests
{
    [Fact]
    public void Difference_ReferenceScores_AgreesWithScipy()
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Repository.Fixture("metrics", "expected.json")));
        JsonElement intervals = expected.RootElement.GetProperty("intervals");
        double[] before = intervals.GetProperty("before").Deserialize<double[]>()!, after = intervals.GetProperty("after").Deserialize<double[]>()!;
        double[] ends = intervals.GetProperty("interval_paired_difference").Deserialize<double[]>()!;

        var ours = PairedBootstrap.Difference([.. before.Zip(after, (b, a) => ((double?)b, (double?)a))])!;

        double width = ends[1] - ends[0];
        Assert.Equal(intervals.GetProperty("mean_difference").GetDouble(), ours.Mean, 1e-12);
        Assert.Equal(ends[0], ours.Low, 0.05 * width);
        Assert.Equal(ends[1], ours.High, 0.05 * width);
    }

    [Fact]
    public void Difference_MissingScores_AreCountedAndDoNotEnter()
    {
        var ours = PairedBootstrap.Difference([(.5, .2), (null, .1), (.4, null), (.7, .4)])!;

        Assert.Equal((2, 2), (ours.Count, ours.Missing));
        Assert.Equal(-.3, ours.Mean, 1e-12);
        Assert.Null(PairedBootstrap.Difference([(null, .1)]));
    }
}
