using DpoLab.Compute.Verification;

namespace DpoLab.Compute.Tests.Training;

/// <summary>Step by step against a plain loop over transformers, against peft, and against the papers' own code.</summary>
public sealed class DpoReferenceTests
{
    public static TheoryData<string> Cases => [.. new DpoCaseChecker().Cases(DpoFixtures.Folder)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Check_EachCase_GivesTheReferencesCurveAndWeights(string name)
    {
        Comparison[] comparisons = [.. new DpoCaseChecker().Check(DpoFixtures.Folder, name, TestContext.Current.CancellationToken)];

        Assert.All(comparisons, c => Assert.True(c.IsRight, $"{name}: {c.What} is {c.Largest:g3} away, at most {c.Bound:g1} is right ({c.Detail})"));
        Assert.Contains(comparisons, c => c.What.StartsWith("loss", StringComparison.Ordinal));
        Assert.Contains(comparisons, c => c.What.Contains("tensors", StringComparison.Ordinal));
    }

    [Fact]
    public void Cases_OfTheFixtures_CoverEveryFamilyLossAndProtocol()
    {
        DpoCase[] cases = [.. Cases.Select(row => DpoFixtures.Open(row.Data))];

        Assert.Equal(11, cases.Length);
        Assert.Equal(Enum.GetValues<Contracts.Runs.DpoLoss>(), cases.Select(c => c.Options.Loss).Distinct().Order());
        Assert.Equal(Enum.GetValues<Contracts.Runs.Protocol>(), cases.Select(c => c.Options.Protocol).Distinct().Order());
        Assert.Contains(cases, c => c.IsLora);
    }

    [Fact]
    public void Check_WeightsOfAnotherTraining_AreFound()
    {
        // The checker itself must be able to fail: the weights of another case are not those of this one.
        using var folder = new TemporaryFolder();
        var swapped = new VerificationFolder(folder.Path, folder.Path);
        Directory.CreateSymbolicLink(folder.File("decoders"), DpoFixtures.Folder.Of("decoders"));
        Directory.CreateDirectory(folder.File("dpo", "swapped"));
        File.Copy(DpoFixtures.Folder.Of("dpo", "gpt2-sigmoid-gamma0.0", "expected.json"), folder.File("dpo", "swapped", "expected.json"));
        File.Copy(DpoFixtures.Folder.Of("dpo", "gpt2-robust-gamma0.0", "final.safetensors"), folder.File("dpo", "swapped", "final.safetensors"));

        Comparison[] comparisons = [.. new DpoCaseChecker().Check(swapped, "swapped", TestContext.Current.CancellationToken)];

        Comparison wrong = Assert.Single(comparisons, c => !c.IsRight);
        Assert.StartsWith("weights", wrong.What, StringComparison.Ordinal);
    }
}
