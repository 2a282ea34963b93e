using DpoLab.Contracts.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Runs;

public sealed class AttackParametersTests
{
    private static readonly InputRef Tuned = InputRef.OfPath("/models/tuned");
    private static readonly InputRef Stats = InputRef.OfPath("/data/neurons.safetensors");

    private static readonly DynamicPatchParameters Patch = new() { Model = Specs.Model, Tuned = Tuned, Neurons = Stats, Data = Specs.Data() };

    private static readonly SurviveParameters Survive = new()
    {
        Model = Specs.Model,
        Neurons = Stats,
        Variants = [new EvaluationVariant { Name = "dpo", Model = Tuned }],
        Prune = new PruneAttack { Counts = [50] },
        Data = Specs.Data(),
    };

    public static TheoryData<RunParameters, string, string> Wrong => new()
    {
        { Patch with { Counts = [0] }, "counts", "k = 0 is the base model" },
        { Patch with { Counts = [] }, "counts", "No neurons chosen" },
        { Patch with { Counts = [8, 8] }, "counts", "stands twice" },
        { Patch with { Tuned = Specs.Model with { Label = "again" } }, "tuned", "the base model itself" },
        { Patch with { Neurons = null }, "neurons", "No neuron statistics chosen" },
        { Survive with { Prune = new PruneAttack() }, "relearn.steps", "No attack has a budget" },
        { Survive with { Relearn = new RelearnAttack { Steps = [10] } }, "relearn.pairs", "No preference pairs chosen" },
        { Survive with { Relearn = new RelearnAttack { Steps = [0], Pairs = new DatasetRef(Stats) } }, "relearn.steps", "count from 1" },
        { Survive with { ScaleKeys = new ScaleKeysAttack { Factors = [1] } }, "scaleKeys.factors", "1 changes nothing" },
        { Survive with { AddDirection = new AddDirectionAttack { Strengths = [0.1] } }, "addDirection.direction", "No direction chosen" },
        { Survive with { AddDirection = new AddDirectionAttack { Strengths = [double.NaN], Direction = Stats } }, "addDirection.strengths", "above 0" },
        { Survive with { Neurons = null }, "neurons", "attacks choose neurons by" },
        { Survive with { Variants = [new EvaluationVariant { Name = "dpo" }] }, "variants[0].model", "the base model as it is" },
        { Survive with { Variants = [new EvaluationVariant { Name = "base", Model = Tuned }] }, "variants", "attacked by itself" },
        {
            Survive with
            {
                Relearn = new RelearnAttack { Steps = [10], Pairs = new DatasetRef(Stats) },
                Variants = [new EvaluationVariant { Name = "keys", Intervention = new ScaleKeyIntervention { Neurons = new TopToxicSelection(7) } }],
            },
            "variants",
            "cannot be relearned"
        },
    };

    [Fact]
    public void Validate_WhatFormsStartWith_FindsNothing()
    {
        Assert.Empty(Patch.Validate());
        Assert.Empty(Survive.Validate());
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_WrongSetting_NamesFieldAndRemedy(RunParameters parameters, string field, string message)
    {
        var error = Assert.Single(parameters.Validate());

        Assert.Equal(field, error.Field);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
