using DpoLab.Compute.Verification;

namespace DpoLab.Tests.Science;

/// <summary>Reference values, through the same checkers as <c>verify</c>.</summary>
public sealed class ScienceCaseTests
{
    public static TheoryData<string> Families => ScienceFixtures.Families;

    [Theory]
    [MemberData(nameof(Families))]
    public void Check_Neurons_AgreesWithTheReference(string family) => RequireRight(new NeuronCaseChecker(), family, comparisons: 46);

    [Theory]
    [MemberData(nameof(Families))]
    public void Check_Interventions_AgreesWithTheReference(string family) => RequireRight(new InterventionCaseChecker(), family, comparisons: 35);

    [Fact]
    public void Cases_Fixtures_AreAllFamilies() =>
        Assert.Equal(["gemma2", "gpt2", "llama31", "mistral"], new NeuronCaseChecker().Cases(ScienceFixtures.Folder));

    private static void RequireRight(ICaseChecker checker, string family, int comparisons)
    {
        var all = checker.Check(ScienceFixtures.Folder, family, TestContext.Current.CancellationToken).ToList();

        Assert.All(all, comparison => Assert.True(comparison.IsRight, $"{comparison.What}: {comparison.Largest:g3} > {comparison.Bound:g1}. {comparison.Detail}"));
        Assert.Equal(comparisons, all.Count);
    }
}
