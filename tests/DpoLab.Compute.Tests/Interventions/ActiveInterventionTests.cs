using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Verification;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;
using static TorchSharp.torch;

namespace DpoLab.Tests.Interventions;

public sealed class ActiveInterventionTests
{
    [Theory]
    [MemberData(nameof(ScienceFixtures.Families), MemberType = typeof(ScienceFixtures))]
    public void Run_StrengthZero_LeavesEveryLogitBitEqual(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var scope = NewDisposeScope();
        foreach (var precision in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        {
            using var decoder = Decoder.Load(Repository.Fixture("decoders", family, "model"), CPU, precision);
            StrengthZeroCheck.Run(decoder, fixture.LoadDecoderTensor("left.input_ids"), fixture.LoadDecoderTensor("left.attention_mask"));
            Assert.Equal(0, decoder.Hooks.Count);
        }
    }

    [Theory]
    [MemberData(nameof(ScienceFixtures.Families), MemberType = typeof(ScienceFixtures))]
    public void Run_OperationThatIsNotZero_IsNoticed(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var ids = fixture.LoadDecoderTensor("left.input_ids");
        var mask = fixture.LoadDecoderTensor("left.attention_mask");

        // A hook that acts only while an intervention is in force: what a leaking implementation would do.
        int passes = 0;
        using var leak = decoder.Hooks.Add(HookPoint.ResidPost, 0, (value, _) => passes++ == 0 ? value : value * 1.0001);

        var error = Assert.Throws<InterventionException>(() => StrengthZeroCheck.Run(decoder, ids, mask));
        Assert.Contains("self-check failed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ScienceFixtures.Families), MemberType = typeof(ScienceFixtures))]
    public void Dispose_AfterScaledKeys_RestoresWeightsBitForBit(string family)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        using var scope = NewDisposeScope();
        var original = decoder.Parameters.ToDictionary(p => p.Key, p => p.Value.clone());

        using (ActiveIntervention.Apply(decoder, ReferenceInterventions.Plan(fixture, decoder, "scale_key"), ActedPositions.All))
            Assert.Contains(decoder.Parameters, p => !(p.Value == original[p.Key]).all().item<bool>());

        Assert.All(decoder.Parameters, p => Assert.True((p.Value == original[p.Key]).all().item<bool>(), p.Key));
        Assert.Equal(0, decoder.Hooks.Count);
    }

    [Fact]
    public void Apply_SteeringInUnitsOfTheStream_MovesEachPositionByItsOwnNorm()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int last = decoder.Configuration.Layers - 1;
        var w = arange(1, decoder.Configuration.Width + 1, dtype: ScalarType.Float64);
        var planner = new InterventionPlanner(
            new ModelShape(decoder.Configuration.Layers, decoder.Configuration.Neurons, decoder.Configuration.Width), null, _ => w.data<double>().ToArray());
        var plan = planner.Plan(new SteerIntervention { Strength = 0.4, Unit = SteeringUnit.StreamNorm, Direction = InputRef.OfPath("/w"), Scope = PositionScope.All });
        var seen = new List<Tensor>();
        Tensor Keep(Tensor value, ForwardContext context)
        {
            seen.Add(value.to(ScalarType.Float64).MoveToOtherDisposeScope(scope));
            return value;
        }

        using (decoder.Hooks.Add(HookPoint.ResidPost, last, Keep))
        using (ActiveIntervention.Apply(decoder, plan, ActedPositions.All))
        using (decoder.Hooks.Add(HookPoint.ResidPost, last, Keep))
            decoder.Forward(fixture.LoadDecoderTensor("left.input_ids"), fixture.LoadDecoderTensor("left.attention_mask"));

        // x − s·‖x‖·w/‖w‖, position by position
        var norms = seen[0].pow(2).sum(-1, keepdim: true).sqrt();
        var expected = seen[0] - (0.4 * norms * w / w.pow(2).sum().sqrt());
        Assert.InRange((seen[1] - expected).abs().max().item<double>(), 0, 1e-5);
        Assert.True((seen[1] - seen[0]).abs().max().item<double>() > 1e-2);
    }

    [Fact]
    public void Dispose_AfterFailureInsideForward_TakesHooksOff()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();
        using var scope = NewDisposeScope();
        using var breaks = decoder.Hooks.Add(HookPoint.MlpOut, 1, (_, _) => throw new InvalidOperationException("broken"));

        Assert.Throws<InvalidOperationException>(() =>
        {
            using var active = ActiveIntervention.Apply(decoder, ReferenceInterventions.Plan(fixture, decoder, "patch"), ActedPositions.All);
            decoder.Forward(fixture.LoadDecoderTensor("left.input_ids"));
        });

        Assert.Equal(1, decoder.Hooks.Count);
    }

    [Fact]
    public void RequireFired_NothingRan_Fails()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();
        using var active = ActiveIntervention.Apply(decoder, ReferenceInterventions.Plan(fixture, decoder, "patch"), ActedPositions.All);

        Assert.Throws<InterventionException>(active.RequireFired);
    }

    [Fact]
    public void Positions_LeftPaddedBatch_CountsRealTokensOnly()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var mask = fixture.LoadDecoderTensor("left.attention_mask");
        using var active = ActiveIntervention.Apply(decoder, ReferenceInterventions.Plan(fixture, decoder, "patch"), ActedPositions.All);

        decoder.Forward(fixture.LoadDecoderTensor("left.input_ids"), mask);

        Assert.Equal(mask.sum().item<long>(), active.Positions);
        Assert.Equal(decoder.Configuration.Layers, active.Applied);
    }

    [Theory]
    [InlineData("edit_live")]
    [InlineData("ablate_top10")]
    [InlineData("scale_key")]
    public void Bake_MultiplyingPlan_GivesTheSameLogits(string name)
    {
        AssertBakedLogits("gpt2", name);
        AssertBakedLogits("gemma2", name);
    }

    [Theory]
    [InlineData("patch")]
    [InlineData("patch_shift")]
    [InlineData("edit_constant")]
    [InlineData("edit_shift")]
    [InlineData("steer_last_mlp_out")]
    [InlineData("steer_middle_resid_post")]
    public void Bake_AddingPlanOnAFamilyWithOutputBias_GivesTheSameLogits(string name)
    {
        AssertBakedLogits("gpt2", name);
    }

    [Theory]
    [InlineData("edit_shift")]
    [InlineData("edit_constant")]
    [InlineData("steer_last_mlp_out")]
    public void Bake_AddingPlanOnAFamilyWithoutOutputBias_IsRefusedWithTheReason(string name)
    {
        using var fixture = ScienceFixtures.Open("gemma2");
        using var decoder = fixture.LoadBase();

        var refused = Assert.Throws<DpoLab.Compute.InputException>(() => BakedIntervention.Bake(decoder, ReferenceInterventions.Plan(fixture, decoder, name)));

        Assert.Contains("gemma2 has no bias on the MLP's output", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 7, 6, 1)]
    [InlineData(7, 1, 0, 1)]
    [InlineData(7, 3, 0, 3)]
    public void In_Generated_IsLastOfPromptAndAllLater(long past, long count, long start, long length) =>
        Assert.Equal((start, length), ActedPositions.Of(PositionScope.Generated).In(past, count));

    [Theory]
    [InlineData(0, 7, 0, 1)]
    [InlineData(7, 1, 0, 0)]
    public void In_FirstOfWindow_IsPositionZeroOnly(long past, long count, long start, long length) =>
        Assert.Equal((start, length), ActedPositions.FirstOfWindow.In(past, count));

    [Theory]
    [InlineData(0, 9, 4, 5)]
    [InlineData(9, 1, 0, 1)]
    public void In_From_IsThatPositionAndAllLater(long past, long count, long start, long length) =>
        Assert.Equal((start, length), ActedPositions.From(4).In(past, count));

    /// <summary>The baked model gives the logits that other people's code computed for the intervention.</summary>
    private static void AssertBakedLogits(string family, string name)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();

        BakedIntervention.Bake(decoder, ReferenceInterventions.Plan(fixture, decoder, name));

        var logits = decoder.Forward(fixture.LoadDecoderTensor("left.input_ids"), fixture.LoadDecoderTensor("left.attention_mask"));
        var ours = logits.narrow(1, logits.shape[1] - 4, 4);
        Assert.InRange((ours - fixture.Load($"{name}.logits")).abs().max().item<float>(), 0, 1e-4f);
    }
}
