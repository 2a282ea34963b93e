using DpoLab.Compute.Directions;
using DpoLab.Compute.Tests.Training;
using DpoLab.Compute.Verification;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Directions;

public sealed class ProbeTests
{
    public static TheoryData<string> Families => [.. new DirectionCaseChecker().Cases(DpoFixtures.Folder)];

    [Theory]
    [MemberData(nameof(Families))]
    public void Check_EachFamily_GivesTheReferencesProbesAndDirections(string family)
    {
        Comparison[] comparisons = [.. new DirectionCaseChecker().Check(DpoFixtures.Folder, family, TestContext.Current.CancellationToken)];

        Assert.All(comparisons, c => Assert.True(c.IsRight, $"{family}: {c.What} is {c.Largest:g3} away, at most {c.Bound:g1} is right ({c.Detail})"));
        Assert.Equal(15, comparisons.Length);
    }

    [Fact]
    public void Families_OfTheFixtures_AreFour() => Assert.Equal(4, Families.Count);

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
}
