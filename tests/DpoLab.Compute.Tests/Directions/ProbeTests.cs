using System.Text.Json;
using DpoLab.Compute.Directions;
using DpoLab.Tests.Science;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Directions;

public sealed class ProbeTests
{
    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Train_FeaturesOfTheReference_FindsItsCoefficientsAndReport(string family)
    {
        using var scope = NewDisposeScope();
        using var fixture = new ScienceFixture(family);
        Check(fixture, fixture.Load("probe.features"), "probe.coefficients", "report");
    }

    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Train_PublishedFeaturesOfTheReference_FindsItsCoefficientsAndReport(string family)
    {
        using var scope = NewDisposeScope();
        using var fixture = new ScienceFixture(family);
        Check(fixture, fixture.Load("probe.published_features"), "probe.published_coefficients", "published_report");
    }

    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Mean_TextsOfTheReference_GivesItsFeaturesAndProbe(string family)
    {
        using var scope = NewDisposeScope();
        using var fixture = new ScienceFixture(family);
        using var model = fixture.LoadBase();

        Tensor features = TextFeatures.Mean(model, fixture.Texts, batchSize: 32, cancellation: TestContext.Current.CancellationToken);

        Close.To(fixture.Vector("probe.features"), [.. features.view(-1).data<double>()], 1e-5, "feature");
        Check(fixture, features, "probe.coefficients", "report");
        Close.To(fixture.Vector("mean_difference"), Differences.OfMeans(features, fixture.Labels), 1e-5, "mean difference");
    }

    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Mean_PublishedProtocol_GivesTheReferencesFeatures(string family)
    {
        using var scope = NewDisposeScope();
        using var fixture = new ScienceFixture(family);
        using var model = fixture.LoadBase();

        Tensor features = PublishedTextFeatures.Mean(
            model, fixture.Texts, fixture.PublishedWidth, batchSize: 32, cancellation: TestContext.Current.CancellationToken);

        Close.To(fixture.Vector("probe.published_features"), [.. features.view(-1).data<double>()], 1e-5, "published feature");
        Check(fixture, features, "probe.published_coefficients", "published_report");
    }

    [Fact]
    public void Fit_OneClassOnly_IsRefused()
    {
        using var scope = NewDisposeScope();
        Tensor features = ones([3, 2], ScalarType.Float64);

        var error = Assert.Throws<ArgumentException>(() => LogisticRegression.Fit(features, [true, true, true], 1, CancellationToken.None));

        Assert.Contains("same label", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_FeatureOverflowed_IsRefused()
    {
        using var scope = NewDisposeScope();
        Tensor features = tensor(new[] { 1.0, double.PositiveInfinity, 2, 3 }).view(2, 2);

        var error = Assert.Throws<ArgumentException>(() => LogisticRegression.Fit(features, [true, false], 1, CancellationToken.None));

        Assert.Contains("not finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SplitOfUnevenClasses_HoldsOutTheSameShareOfEach()
    {
        bool[] labels = [.. Enumerable.Range(0, 300).Select(i => i % 10 == 0)];

        StratifiedSplit split = StratifiedSplit.Of(labels, 0.1, seed: 3);

        Assert.Equal(30, split.Validation.Length);
        Assert.Equal(3, split.Validation.Count(i => labels[i]));
        Assert.Equal(Enumerable.Range(0, 300), split.Training.Concat(split.Validation).Order());
        Assert.Equal(split.Validation, StratifiedSplit.Of(labels, 0.1, seed: 3).Validation);
        Assert.NotEqual(split.Validation, StratifiedSplit.Of(labels, 0.1, seed: 4).Validation);
    }

    private static void Check(ScienceFixture fixture, Tensor features, string coefficients, string report)
    {
        var split = new StratifiedSplit(
            fixture.Probe.GetProperty("train").Deserialize<int[]>()!, fixture.Probe.GetProperty("test").Deserialize<int[]>()!);

        Probe probe = Probe.Train(features, fixture.Labels, c: 1, split, TestContext.Current.CancellationToken);

        Assert.True(probe.Fit.Converged);
        Assert.InRange(probe.Fit.GradientMax, 0, LogisticRegression.GradientTolerance);
        Close.To(fixture.Vector(coefficients), probe.Fit.Coefficients, 1e-3, "coefficient");
        JsonElement expected = fixture.Probe.GetProperty(report);
        ClassifierReport actual = probe.Report;
        Close.To(
            [
                expected.GetProperty("accuracy").GetDouble(), expected.GetProperty("balanced_accuracy").GetDouble(),
                expected.GetProperty("f1").GetDouble(), expected.GetProperty("roc_auc").GetDouble(),
            ],
            [actual.Accuracy, actual.BalancedAccuracy, actual.F1, actual.RocAuc],
            1e-9,
            "report");
        Assert.Equal(expected.GetProperty("intercept").GetDouble(), probe.Fit.Intercept, 1e-3);
        Assert.Equal(
            expected.GetProperty("confusion_true_rows").Deserialize<int[][]>()!.SelectMany(row => row),
            [actual.TrueNegatives, actual.FalsePositives, actual.FalseNegatives, actual.TruePositives]);
    }
}
