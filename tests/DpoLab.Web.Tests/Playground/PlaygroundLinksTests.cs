using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Playground;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Playground;

/// <summary>A link leads to a Playground that does what the row did, or there is none.</summary>
public sealed class PlaygroundLinksTests
{
    private static readonly NeuronsParameters Made = new()
    {
        Base = Specs.Model,
        Tuned = InputRef.OfArtifact("r-dpo", Artifacts.BestModel),
        Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction),
    };

    public static TheoryData<Intervention> Doable =>
    [
        new PatchIntervention { Form = InterventionForm.Constant, Strength = 2, Neurons = new GroupSelection([NeuronGroup.Tn], Top: 5) },
        new DynamicPatchIntervention { Tuned = Made.Tuned, Neurons = new ChangeSelection(64) },
        new ScaleIntervention { Factor = 0, Neurons = new TopToxicSelection(7) },
        new SteerIntervention { Strength = 20, Unit = SteeringUnit.Raw, Layer = 3, Direction = InputRef.OfArtifact("r-mean", Artifacts.Direction) },
        new SteerIntervention { Strength = 0.4, Unit = SteeringUnit.StreamNorm, Direction = Made.Direction },
        new EditIntervention { Form = InterventionForm.Shift, Alpha = 0.02, Beta = 0.6, Groups = [NeuronGroup.An], FirstLayer = 1, LastLayer = 4 },
    ];

    public static TheoryData<Intervention> NotDoable =>
    [
        new ScaleKeyIntervention { Neurons = new TopToxicSelection(7) },
        new EditIntervention { Alpha = 0.02, Beta = 0.6, Reversed = true },
        new SteerIntervention { Strength = 1, Point = SteeringPoint.MlpOut, Direction = Made.Direction },
        new DynamicPatchIntervention { Tuned = InputRef.OfArtifact("r-other", Artifacts.BestModel), Neurons = new ChangeSelection(64) },
        new ScaleIntervention { Scope = PositionScope.All, Neurons = new TopToxicSelection(7) },
    ];

    [Theory]
    [MemberData(nameof(Doable))]
    public void OfRow_WhatAColumnCanDo_DoesItAgain(Intervention intervention)
    {
        string? address = PlaygroundLinks.OfRow("r-neurons", Made, Measured(intervention), Row("row", intervention));

        var settings = Read(Assert.IsType<string>(address));
        var columns = ((Contracts.Playground.AnswerTask)settings.Question(Made, scorer: null).Task).Columns;
        Assert.Equal([null, null, intervention], columns.Select(column => column.Intervention), Equivalent);
        Assert.Equal((7, 9, Precision.Bf16), (settings.NewTokens, settings.MaxPromptTokens, settings.Precision));
    }

    [Theory]
    [MemberData(nameof(NotDoable))]
    public void OfRow_WhatNoColumnCanDo_HasNoLink(Intervention intervention) =>
        Assert.Null(PlaygroundLinks.OfRow("r-neurons", Made, Measured(intervention), Row("row", intervention)));

    [Fact]
    public void OfRow_OfAnotherModel_HasNoLink()
    {
        var ablation = new ScaleIntervention { Neurons = new TopToxicSelection(7) };
        var elsewhere = Measured(ablation) with { Model = InputRef.OfPath("/models/other") };
        var prefix = Measured(ablation) with { Variants = [new EvaluationVariant { Name = "row", PromptPrefix = "Be kind. " }] };
        var attacked = Row("row", ablation) with { Attack = new AttackNote("base", AttackKind.Prune, 5) };

        Assert.Null(PlaygroundLinks.OfRow("r-neurons", Made, elsewhere, Row("row", ablation)));
        Assert.Null(PlaygroundLinks.OfRow("r-neurons", Made, prefix, Row("row", null)));
        Assert.Null(PlaygroundLinks.OfRow("r-neurons", Made, Measured(ablation), attacked));
    }

    [Fact]
    public void OfRow_PlainModels_StandBesideEachOther()
    {
        var plain = Measured(null) with { Variants = [new EvaluationVariant { Name = "base" }, new EvaluationVariant { Name = "dpo", Model = Made.Tuned with { Label = "tuned" } }] };

        foreach (string name in (string[])["base", "dpo"])
            Assert.Equal([ColumnKind.Base, ColumnKind.Dpo], Read(PlaygroundLinks.OfRow("r-neurons", Made, plain, Row(name, null))!).Columns);
    }

    [Fact]
    public void OfNeurons_Listed_ArePatchedAndAblated()
    {
        var settings = Read(PlaygroundLinks.OfNeurons("r-neurons", new ListSelection([new NeuronIndex(12, 345)])));

        Assert.Equal([ColumnKind.Base, ColumnKind.Dpo, ColumnKind.Patched, ColumnKind.Ablated], settings.Columns);
        Assert.Equal("L12.345, shift", settings.Says(ColumnKind.Patched, Made, _ => null));
        Assert.Equal("L12.345", settings.Says(ColumnKind.Ablated, Made, _ => null));
    }

    [Fact]
    public void StatisticsOf_Run_IsTheNeuronsRunThatItReads()
    {
        Assert.Equal("r-neurons", PlaygroundLinks.StatisticsOf(Measured(null)));
        Assert.Null(PlaygroundLinks.StatisticsOf(Measured(null) with { Neurons = null }));
    }

    private static bool Equivalent(Intervention? one, Intervention? other) =>
        System.Text.Json.JsonSerializer.Serialize(one, Contracts.ContractJson.Options) == System.Text.Json.JsonSerializer.Serialize(other, Contracts.ContractJson.Options);

    private static EvaluateParameters Measured(Intervention? intervention) => new()
    {
        Model = Specs.Model,
        Neurons = InputRef.OfArtifact("r-neurons", Artifacts.Neurons),
        Variants = [new EvaluationVariant { Name = "row", Intervention = intervention }],
        Data = Specs.Data() with { NewTokens = 7, MaxPromptTokens = 9 },
        Precision = Precision.Bf16,
    };

    private static EvaluationRow Row(string name, Intervention? intervention) =>
        new() { Variant = name, Family = RowFamily.Other, Intervention = intervention, Verdict = new Verdict(VerdictKind.Plain) };

    private static PlaygroundSettings Read(string address) => PlaygroundSettings.Read(new Uri(new Uri("http://lab/"), address));
}
