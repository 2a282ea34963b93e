using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.Playground;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Neurons;

/// <summary>What is done to a neuron is a link.</summary>
public sealed class EffectSettingsTests
{
    private static readonly NeuronIndex Neuron = new(19, 770);

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var settings = new EffectSettings { Deed = NeuronDeed.Patch, Alpha = 0.1 + 0.2, PatchForm = InterventionForm.Constant, PatchStrength = -1.5, Prompts = ["You & I = 100 %?", "Are they"] };

        var again = Read(settings.Write());

        Assert.True(settings.AnswersAs(again));
        Assert.Equal(settings with { Prompts = again!.Prompts }, again);
        Assert.Equal(settings.Prompts, again.Prompts);
    }

    [Fact]
    public void Write_AsUsual_IsTheDeedAlone() =>
        Assert.Equal([("do", "ablate")], new EffectSettings().Write().Where(part => part.Value is not null));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("destroy")]
    public void Read_NoDeed_IsNothing(string? deed) => Assert.Null(EffectSettings.Read(deed, "0.1", null, null, ["You"]));

    [Fact]
    public void Read_Nonsense_IsAsUsual()
    {
        var read = EffectSettings.Read("edit", "many", "live", "1e9", ["You", "", "You"])!;

        Assert.Equal((0.05, InterventionForm.Shift, 1), (read.Alpha, read.PatchForm, read.PatchStrength));
        Assert.Equal(["You"], read.Prompts);
    }

    [Theory]
    [InlineData(NeuronDeed.Ablate, NeuronGroup.Tp, 0)]
    [InlineData(NeuronDeed.Edit, NeuronGroup.Tp, 0.9)]
    [InlineData(NeuronDeed.Edit, NeuronGroup.An, 0.9)]
    [InlineData(NeuronDeed.Edit, NeuronGroup.Tn, 1.1)]
    [InlineData(NeuronDeed.Edit, NeuronGroup.Ap, 1.1)]
    [InlineData(NeuronDeed.Edit, null, 0.9)]
    public void On_Scaled_GoesTheWayOfTheGroup(NeuronDeed deed, NeuronGroup? group, double factor)
    {
        var scale = Assert.IsType<ScaleIntervention>(new EffectSettings { Deed = deed, Alpha = 0.1 }.On(Neuron, group));

        Assert.Equal(factor, scale.Factor, 12);
        Assert.Equal([Neuron], Assert.IsType<ListSelection>(scale.Neurons).Neurons);
    }

    [Fact]
    public void Question_OfColumns_ChangesBaseAloneAndIsCutAsTheRun()
    {
        var made = new NeuronsParameters
        {
            Base = Specs.Model,
            Tuned = InputRef.OfArtifact("r-dpo", Artifacts.BestModel),
            Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction),
            MaxPromptTokens = 7,
            NewTokens = 9,
        };
        Intervention patch = new EffectSettings { Deed = NeuronDeed.Patch, PatchStrength = 2 }.On(Neuron, NeuronGroup.Tp);

        var question = EffectSettings.Question([ColumnKind.Base, ColumnKind.Patched, ColumnKind.Dpo], "You", "r-neurons", made, patch, scorer: null);

        var task = Assert.IsType<AnswerTask>(question.Task);
        Assert.Equal(("r-neurons", "You", 7, 9, 0), (question.RunId, task.Prompt, task.MaxPromptTokens, task.NewTokens, task.Temperature));
        Assert.Equal([new PlaygroundColumn("base"), new PlaygroundColumn("patched", Intervention: patch), new PlaygroundColumn("dpo", Tuned: true)], task.Columns);
    }

    [Fact]
    public void PromptsOf_TextsWhereItFires_TakesThoseWhereChangesAct()
    {
        // the first one fires at the beginning of the prompt alone, where nothing is changed
        FiringText[] texts = [Text("early", 9, 0, 0), Text("last of the prompt", 0, 3, 0), Text("answer", 0, 0, 5), Text("answer", 0, 0, 4), Text("weak", 0, 1, 1), Text("weaker", 0, .5, .5)];

        Assert.Equal(["answer", "last of the prompt", "weak", "weaker"], EffectSettings.PromptsOf(Look(texts)));
    }

    private static EffectSettings? Read((string Name, string? Value)[] query)
    {
        string? One(string name) => query.FirstOrDefault(part => part.Name == name).Value;
        return EffectSettings.Read(One("do"), One("alpha"), One("patch"), One("k"), [.. query.Where(part => part.Name == "prompt").Select(part => part.Value!)]);
    }

    /// <summary>Two tokens of prompt and one of answer.</summary>
    private static FiringText Text(string prompt, params double[] activations) =>
        new(0, prompt, 2, [.. activations.Select(a => new FiringToken("x", a, a))], activations.Max(), activations.Max());

    private static FiringLook Look(IReadOnlyList<FiringText> texts) => new()
    {
        Read = texts.Count,
        Known = texts.Count,
        Tokens = 3 * texts.Count,
        PositiveBefore = 0,
        PositiveAfter = 0,
        Low = 0,
        High = 1,
        BinsBefore = [],
        BinsAfter = [],
        Texts = texts,
    };
}
