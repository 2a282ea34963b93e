using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs.NewRun;
using DpoLab.Web.Runs.NewRun.Forms;

namespace DpoLab.Web.Tests.Runs.NewRun;

public sealed class DraftTests
{
    private static readonly InputRef Gpt2 = InputRef.OfPath("/models/gpt2", "gpt2-medium", "6dcaa7a");

    private static readonly InputOptions Options = new()
    {
        Inputs = [new InputOption(InputRole.Model, Gpt2, "gpt2-medium")],
        Datasets = [new DatasetOption(DatasetKind.Pairs, new DatasetRef(InputRef.OfUpload("ab12"), new Dictionary<string, string> { ["chosen"] = "good" }), "pairs")],
    };

    [Fact]
    public void Plan_BlankDpo_NamesTheFieldsThatAreMissing()
    {
        var plan = RunPlan.Of(new DpoForm().Draft(), Options);

        Assert.False(plan.IsReady);
        Assert.Equal(["model", "pairs"], plan.Errors.Select(e => e.Key));
    }

    [Fact]
    public void Plan_ThreeBetas_MakesThreeRunsNamedByBeta()
    {
        var plan = RunPlan.Of(Dpo().With("beta", "0.05, 0.1, 0.2"), Options);

        Assert.True(plan.IsReady);
        Assert.Equal(["β 0.05", "β 0.1", "β 0.2"], plan.Runs.Select(r => r.Label));
        Assert.Equal([0.05, 0.1, 0.2], plan.Runs.Select(r => ((DpoParameters)r.Parameters!).Beta));
        Assert.Equal("DPO, gpt2-medium, β 0.2", plan.Runs[2].Name);
    }

    [Fact]
    public void Plan_TwoFieldsWithSeveralValues_MakesEveryCombination()
    {
        var plan = RunPlan.Of(Dpo().With("beta", "0.05, 0.1").With("gamma", "0, 0.06, 0.1"), Options);

        Assert.Equal(6, plan.Runs.Count);
        Assert.Equal("β 0.1, γ 0.06", plan.Runs[4].Label);
    }

    [Fact]
    public void Plan_TooManyCombinations_IsRefusedAtTheField()
    {
        string many = string.Join(',', Enumerable.Range(1, 65).Select(i => $"{i}"));

        var error = Assert.Single(RunPlan.Of(Dpo().With("beta", many), Options).Errors);

        Assert.Equal("beta", error.Key);
        Assert.Contains("65", error.Message);
    }

    [Fact]
    public void Plan_RegisteredInputs_CarryLabelDigestAndColumns()
    {
        var parameters = (DpoParameters)Assert.Single(RunPlan.Of(Dpo(), Options).Runs).Parameters!;

        Assert.Equal(Gpt2, parameters.Model);
        Assert.Equal("good", parameters.Pairs.Columns!["chosen"]);
    }

    [Theory]
    [InlineData("beta", "abc", "is not a number")]
    [InlineData("beta", "", "is empty")]
    [InlineData("beta", "100", "outside 0.0001 to 10")]
    [InlineData("steps", "2.5", "not a whole number")]
    [InlineData("model", "nonsense", "not known here")]
    public void Plan_WrongText_SaysSoAtTheField(string key, string text, string message)
    {
        var error = Assert.Single(RunPlan.Of(Dpo().With(key, text), Options).Errors);

        Assert.Equal(key, error.Key);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Plan_LearningRateFarAboveThePreset_WaitsUntilConfirmed()
    {
        var draft = Dpo().With("learningRate", "1e-3");

        var error = Assert.Single(RunPlan.Of(draft, Options).Errors);
        Assert.Equal("1e-3 is 1,000 × the preset. Enter at most 1e-4, or tick “I know”.", error.Message);
        Assert.True(RunPlan.Of(draft with { Confirmed = ["learningRate"] }, Options).IsReady);
    }

    [Fact]
    public void Plan_WeightsOfLora_PutsAdaptersIntoTheSpec()
    {
        var all = (DpoParameters)RunPlan.Of(Dpo(), Options).Runs[0].Parameters!;
        var lora = (DpoParameters)RunPlan.Of(Dpo().With("weights", "lora").With("lora.rank", "4"), Options).Runs[0].Parameters!;

        Assert.Null(all.Lora);
        Assert.Equal(4, lora.Lora!.Rank);
    }

    [Fact]
    public void Defaults_OfEveryField_AreTheContracts()
    {
        var parameters = (DpoParameters)RunPlan.Of(Dpo(), Options).Runs[0].Parameters!;

        Assert.Equivalent(new DpoParameters { Model = parameters.Model, Pairs = parameters.Pairs }, parameters);
    }

    [Fact]
    public void Presets_OfEveryForm_NameOnlyFieldsThatExist()
    {
        foreach (var form in RunForms.All)
        {
            foreach (var preset in form.Presets)
            {
                var draft = form.Draft() with { Preset = preset };
                var known = form.Sections(draft).SelectMany(s => s.Fields).SelectMany(f => f.Line).Select(f => f.Key).Append(EvaluateForm.Count);
                Assert.Subset(known.ToHashSet(), preset.Values.Keys.ToHashSet());
            }
        }
    }

    [Fact]
    public void Presets_OfDpo_HoldThePapersSettings()
    {
        var form = new DpoForm();
        string Yang(string key) => (form.Draft() with { Preset = form.Presets.First(p => p.Key == "yang-llama") })[key];

        Assert.Equal(("1e-5", "0.06", "30", "0.1"), (Yang("learningRate"), Yang("gamma"), Yang("patience"), Yang("beta")));
        Assert.Equal(("1e-6", "0", "10", "150"), (form.Draft()["learningRate"], form.Draft()["gamma"], form.Draft()["patience"], form.Draft()["warmupSteps"]));
    }

    private static RunDraft Dpo() => new DpoForm().Draft().With("model", "/models/gpt2").With("pairs", "sha256:ab12");
}
