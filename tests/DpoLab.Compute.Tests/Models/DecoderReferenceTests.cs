using DpoLab.Compute.Verification;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Models;

/// <summary>
/// Every family against what transformers computed, by the code that <c>verify</c> runs: logits padded on either side, values at the hook points,
/// greedy continuations, likelihood, the older dialect of <c>config.json</c>, bfloat16.
/// </summary>
public sealed class DecoderReferenceTests
{
    public static TheoryData<string> Families => DecoderFixture.Families;

    [Theory, MemberData(nameof(Families))]
    public void Decoder_EveryReferenceValue_IsWithinItsBound(string family)
    {
        var fixtures = Repository.Fixture();
        var comparisons = new DecoderCaseChecker().Check(new VerificationFolder(fixtures, fixtures), family, TestContext.Current.CancellationToken).ToList();
        Assert.Equal(11, comparisons.Count);
        Assert.All(comparisons, comparison => Assert.True(comparison.IsRight, comparison.ToString()));
    }
}
