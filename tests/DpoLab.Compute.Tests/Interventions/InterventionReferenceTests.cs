using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Interventions;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;
using static TorchSharp.torch;

namespace DpoLab.Tests.Interventions;

public sealed class InterventionReferenceTests
{
    private const int Window = 64;

    public static TheoryData<string, string> All => ReferenceInterventions.FamiliesAndNames();

    public static TheoryData<string, string> Measured => ReferenceInterventions.FamiliesAndNames("scale_key");

    public static TheoryData<string, string> PublishedMeasured => ReferenceInterventions.FamiliesAndNames(
        "patch_shift", "edit_live", "edit_shift", "ablate_top10", "scale_top10_by_3", "steer_last_mlp_out", "steer_middle_resid_post", "scale_key");

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_AllPositions_GivesReferenceLogits(string family, string name)
    {
        using var fixture = new ScienceFixture(family);
        using var decoder = fixture.LoadBase();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var ids = fixture.LoadDecoderTensor("left.input_ids");

        Tensor logits;
        using (var active = ActiveIntervention.Apply(decoder, ReferenceInterventions.Plan(fixture, decoder, name), ActedPositions.All))
        {
            logits = decoder.Forward(ids, fixture.LoadDecoderTensor("left.attention_mask"));
            active.RequireFired();
        }

        var expected = fixture.Load($"{name}.logits"); // [B, 4, V]
        var ours = logits.narrow(1, logits.shape[1] - 4, 4);
        Assert.InRange((ours - expected).abs().max().item<float>(), 0, 1e-4f);
        Assert.Equal(0, decoder.Hooks.Count);
    }

    [Theory]
    [MemberData(nameof(Measured))]
    public void Apply_GeneratedPositions_GivesReferenceTokens(string family, string name)
    {
        using var fixture = new ScienceFixture(family);
        using var decoder = fixture.LoadBase();
        using var scope = NewDisposeScope();
        var plan = ReferenceInterventions.Plan(fixture, decoder, name);
        Assert.Equal(PositionScope.Generated, plan.Scope);

        GeneratedBatch generated;
        using (var active = ActiveIntervention.Apply(decoder, plan, ActedPositions.Of(plan.Scope)))
        {
            generated = TextGenerator.Generate(
                decoder,
                fixture.LoadDecoderTensor("left.input_ids"),
                fixture.LoadDecoderTensor("left.attention_mask"),
                new GenerationOptions { NewTokens = 12 },
                cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(4 * 12, active.Positions);
            Assert.Equal(plan.Operations.Count * 12, active.Applied);
        }

        Assert.True((generated.ToTensor(CPU) == fixture.Load($"{name}.generated")).all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Measured))]
    public void Sum_UnderIntervention_GivesReferenceLikelihood(string family, string name)
    {
        using var fixture = new ScienceFixture(family);
        using var decoder = fixture.LoadBase();
        using var active = ActiveIntervention.Apply(decoder, ReferenceInterventions.Plan(fixture, decoder, name), ActedPositions.All);

        RequireLikelihood(fixture, decoder, name, "perplexity", stride: null);
    }

    [Theory]
    [MemberData(nameof(PublishedMeasured))]
    public void Sum_FirstPositionOnly_GivesReferenceLikelihood(string family, string name)
    {
        using var fixture = new ScienceFixture(family);
        using var decoder = fixture.LoadBase();
        using var active = ActiveIntervention.Apply(decoder, ReferenceInterventions.Plan(fixture, decoder, name), ActedPositions.FirstOfWindow);

        RequireLikelihood(fixture, decoder, name, "published_perplexity_first_position_only", stride: null);
        Assert.Equal(4, active.Positions);
    }

    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Sum_PlainModel_GivesReferenceLikelihood(string family)
    {
        using var fixture = new ScienceFixture(family);
        using var decoder = fixture.LoadBase();

        RequireLikelihood(fixture, decoder, "none", "perplexity", stride: null);
        RequireLikelihood(fixture, decoder, "none", "stride32", stride: 32);
    }

    private static void RequireLikelihood(ScienceFixture fixture, DpoLab.Compute.Models.Decoder decoder, string name, string measure, int? stride)
    {
        var expected = fixture.Json.GetProperty("interventions").GetProperty(name).GetProperty(measure);
        int[] text = fixture.DecoderIds("text.input_ids");

        var (nats, scored) = Perplexity.Sum(decoder, text, TextWindows.Cut(text.Length, Window, stride), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(expected.GetProperty("scored_tokens").GetInt64(), scored);
        double reference = expected.GetProperty("nll_sum").GetDouble();
        Assert.InRange(Math.Abs(nats - reference) / reference, 0, 1e-5);
    }
}
