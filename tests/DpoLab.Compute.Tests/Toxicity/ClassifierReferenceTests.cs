using DpoLab.Compute.Toxicity;
using DpoLab.Compute.Verification;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Toxicity;

/// <summary>Ids and scores against transformers.</summary>
public sealed class ClassifierReferenceTests
{
    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("deberta")]
    public void Score_HardTexts_IdsEqualAndScoresWithin1e5(string name)
    {
        using var classifier = ToxicityClassifier.Load(Repository.Fixture("classifiers", name, "model"));

        var differences = ClassifierReference.Differences(
            classifier, Repository.Fixture("classifiers", name, "expected.json"), out int rows, out double largest);

        Assert.Equal(60, rows);
        Assert.Empty(differences);
        Assert.InRange(largest, 0, 1e-5);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: largest difference {largest:e2}");
    }
}
