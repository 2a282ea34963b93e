using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Verification;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;
using static TorchSharp.torch;

namespace DpoLab.Tests.Interventions;

public sealed class InterventionStackTests
{
    private static readonly int[] Some = [0, 2, 5, 6];

    [Theory]
    [MemberData(nameof(ScienceFixtures.Families), MemberType = typeof(ScienceFixtures))]
    public void Apply_AttackOnALiveEdit_IsTheAttackOnTheBakedModel(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        using var baked = fixture.LoadBase();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var edit = ReferenceInterventions.Plan(fixture, decoder, "edit_live");
        BakedIntervention.Bake(baked, edit);

        foreach (var attack in (InterventionPlan[])[Neurons(decoder, 0, 0), Keys(decoder, 10)])
        {
            var edited = Logits(fixture, decoder, edit, attack);
            Assert.InRange((edited - Logits(fixture, baked, attack)).abs().max().item<float>(), 0, 1e-4f);
            Assert.True((edited - Logits(fixture, decoder, attack)).abs().max().item<float>() > 1e-3f, "the edit no longer acts");
            Assert.True((edited - Logits(fixture, decoder, edit)).abs().max().item<float>() > 1e-3f, "the attack does not act");
        }
    }

    [Fact]
    public void Apply_PruneAfterAConstant_TheLaterOneWins()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (constant, prune) = (Neurons(decoder, 0, 0.7), Neurons(decoder, 0, 0));

        Assert.True((Logits(fixture, decoder, constant, prune) == Logits(fixture, decoder, prune)).all().item<bool>());
        Assert.True((Logits(fixture, decoder, prune, constant) == Logits(fixture, decoder, constant)).all().item<bool>());
        Assert.False((Logits(fixture, decoder, constant) == Logits(fixture, decoder, prune)).all().item<bool>());
    }

    [Fact]
    public void Dispose_KeysScaledTwice_FactorsMultiplyAndWeightsComeBackBitForBit()
    {
        using var fixture = ScienceFixtures.Open("llama31");
        using var decoder = fixture.LoadBase();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var before = decoder.KeyVectors(0).clone();

        var twice = Logits(fixture, decoder, Keys(decoder, 2), Keys(decoder, 5));

        Assert.True((twice == Logits(fixture, decoder, Keys(decoder, 10))).all().item<bool>());
        Assert.True((decoder.KeyVectors(0) == before).all().item<bool>());
        Assert.Equal(0, decoder.Hooks.Count);
    }

    private static InterventionPlan Neurons(Decoder decoder, double factor, double offset) => new(
        PositionScope.All,
        [.. Layers(decoder).Select(layer => new NeuronOperation(layer, Some, [.. Some.Select(_ => factor)], [.. Some.Select(_ => offset)]))],
        Some.Length * decoder.Configuration.Layers);

    private static InterventionPlan Keys(Decoder decoder, double factor) =>
        new(PositionScope.All, [.. Layers(decoder).Select(layer => new KeyOperation(layer, Some, factor))], Some.Length * decoder.Configuration.Layers);

    private static IEnumerable<int> Layers(Decoder decoder) => Enumerable.Range(0, decoder.Configuration.Layers);

    private static Tensor Logits(ScienceCase fixture, Decoder decoder, params InterventionPlan[] plans)
    {
        using var stack = InterventionStack.Apply(decoder, plans, _ => ActedPositions.All);
        var logits = decoder.Forward(fixture.LoadDecoderTensor("left.input_ids"), fixture.LoadDecoderTensor("left.attention_mask"));
        stack.RequireFired();
        return logits;
    }
}
