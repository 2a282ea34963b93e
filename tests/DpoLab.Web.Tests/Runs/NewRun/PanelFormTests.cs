using Bunit;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs.NewRun;
using DpoLab.Web.Runs.NewRun.Forms;

namespace DpoLab.Web.Tests.Runs.NewRun;

/// <summary>Further scorers, samples, masks and readings in the forms.</summary>
public sealed class PanelFormTests
{
    private static readonly InputOptions Options = new()
    {
        Inputs =
        [
            new InputOption(InputRole.Scorer, InputRef.OfPath("/models/original"), "original") { Outputs = ["toxicity", "severe_toxicity", "insult"] },
            new InputOption(InputRole.Scorer, InputRef.OfPath("/models/one"), "one") { Outputs = ["toxicity"] },
        ],
    };

    [Fact]
    public void Plan_NoFurtherScorer_HasNoPanelAndNoSamples()
    {
        var data = Data(Evaluation());

        Assert.Empty(data.Panel);
        Assert.Null(data.Sampled);
    }

    [Fact]
    public void Plan_FurtherScorersAndSamples_AreInTheSpec()
    {
        var data = Data(Evaluation()
            .With("data.panel[0].scorer", "/models/original").With("data.panel[0].label", "insult")
            .With("data.panel[1].scorer", "/words.txt")
            .With("data.sampled.samples", "25"));

        Assert.Equal([("/models/original", "insult"), ("/words.txt", null)], data.Panel.Select(s => (s.Scorer.Location, s.Label)));
        Assert.Equal(new SampledToxicityOptions { Samples = 25, TopP = 0.9, Temperature = 1 }, data.Sampled);
    }

    [Fact]
    public void ShownFields_FurtherScorers_AreOfferedOneByOne()
    {
        var draft = Evaluation();

        Assert.Equal(["data.panel[0].scorer"], Panel(draft));
        Assert.Equal(
            ["data.panel[0].scorer", "data.panel[0].label", "data.panel[1].scorer"],
            Panel(draft.With("data.panel[0].scorer", "/models/one")));

        static IEnumerable<string> Panel(RunDraft draft) => draft.ShownFields().Select(f => f.Key).Where(key => key.StartsWith("data.panel", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_ScorerTwice_IsRefused()
    {
        var plan = RunPlan.Of(Evaluation().With("data.panel[0].scorer", "/models/one"), Options);

        Assert.Contains("in the panel twice", Assert.Single(plan.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/models/original", 4)] // its outputs, and "by name"
    [InlineData("/models/one", 0)]
    [InlineData("/somewhere/else", 0)]
    public async Task Control_ScorersOutput_OffersTheOutputsOfTheChosenScorer(string scorer, int offered)
    {
        await using var context = new BunitContext();
        var field = CommonFields.ScorerOutput("label", "scorer", "Output");

        var control = context.Render<FieldControl>(p => p.Add(c => c.Field, field).Add(c => c.Text, "").Add(c => c.Outputs, Options.OutputsOf(scorer)));

        Assert.Equal(offered, control.FindAll("option").Count);
        Assert.Equal(offered == 0 ? 1 : 0, control.FindAll("input").Count);
    }

    [Theory]
    [InlineData("only", NeuronMaskMode.TrainOnly)]
    [InlineData("except", NeuronMaskMode.Freeze)]
    public void Plan_OnlySomeNeurons_IsAMask(string weights, NeuronMaskMode mode)
    {
        var draft = Dpo().With("weights", weights).With("neurons", "r-abcdefgh:neurons.safetensors").With("mask.neurons.groups", "tp").With("mask.neurons.top", "20");

        var dpo = (DpoParameters)Assert.Single(RunPlan.Of(draft, Options).Runs).Parameters!;

        Assert.Equal(mode, dpo.Mask!.Mode);
        var selection = Assert.IsType<GroupSelection>(dpo.Mask.Neurons);
        Assert.Equal([NeuronGroup.Tp], selection.Groups);
        Assert.Equal(20, selection.Top);
        Assert.Null(dpo.Lora);
    }

    [Fact]
    public void Plan_MaskOfAGroupWithoutStatistics_SaysWhatIsMissing()
    {
        var error = Assert.Single(RunPlan.Of(Dpo().With("weights", "only"), Options).Errors);

        Assert.Equal("neurons", error.Key);
    }

    [Theory]
    [InlineData("own-answers", "prompts")]
    [InlineData("base-answers", "prompts")]
    [InlineData("continuations", "continuations")]
    [InlineData("text", "text")]
    public void Plan_EachReading_AsksForItsTexts(string reading, string dataset)
    {
        var draft = new NeuronsForm().Draft().With("base", "/a").With("tuned", "/b").With("direction", "/c").With("reading", reading);

        Assert.Equal(dataset, Assert.Single(RunPlan.Of(draft, Options).Errors).Key);
        Assert.True(RunPlan.Of(draft.With(dataset, "/data"), Options).IsReady);
    }

    [Fact]
    public void Plan_StudyByThePublishedProtocolTwice_IsRefused()
    {
        var plan = RunPlan.Of(new StudyForm().Draft().With("protocol", "published").With("alsoPublished", "true"), Options);

        Assert.Contains(plan.Errors, error => error.Key == "alsoPublished");
    }

    private static RunDraft Evaluation() => new EvaluateForm().Draft().With("model", "/models/a").With("data.prompts", "/p.jsonl").With("data.scorer", "/models/one");

    private static RunDraft Dpo() => new DpoForm().Draft().With("model", "/models/a").With("pairs", "/pairs.jsonl");

    private static EvaluationData Data(RunDraft draft) => ((EvaluateParameters)Assert.Single(RunPlan.Of(draft, Options).Runs).Parameters!).Data;
}
