using System.Text.Json;
using DpoLab.Compute.Neurons;
using DpoLab.Tests.Science;
using static TorchSharp.torch;

namespace DpoLab.Tests.Neurons;

public sealed class LogitLensTests
{
    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Logits_ReferenceDirection_GivesReferenceTokens(string family)
    {
        using var fixture = new ScienceFixture(family);
        using var decoder = fixture.LoadBase();
        using var scope = NewDisposeScope();

        var logits = LogitLens.Logits(decoder, fixture.Load("direction").unsqueeze(0)).squeeze(0);

        Assert.InRange((logits - fixture.Load("lens.logits")).abs().max().item<float>(), 0, 1e-4f);
        var lens = fixture.Json.GetProperty("lens");
        Assert.Equal(lens.GetProperty("promoted").Deserialize<long[]>()!, logits.topk(10).indexes.data<long>().ToArray());
        Assert.Equal(lens.GetProperty("suppressed").Deserialize<long[]>()!, logits.topk(10, largest: false).indexes.data<long>().ToArray());
    }
}
