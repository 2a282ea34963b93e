using Bunit;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Models;
using DpoLab.Web.Runs.NewRun;
using DpoLab.Web.Runs.NewRun.Forms;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Models;

/// <summary>What a model cannot do is said on its panel and in the forms, in the same words.</summary>
public sealed class ModelCapabilityTests
{
    private static readonly ModelReport Llama = Stock.Decoder with
    {
        Family = "llama",
        Parameters = 8_000_000_000,
        ContextLength = 64,
        Traits = new ModelTraits(Gated: true, OutputBias: false, EndsText: true, NamesPadding: false, ["q_proj", "v_proj"]),
    };

    private static readonly ModelReport Gpt2 = Stock.Decoder with { Traits = new ModelTraits(Gated: false, OutputBias: true, EndsText: true, NamesPadding: true, ["c_attn"]) };

    [Fact]
    public void Of_ClassifierAndOlderReport_SayWhatIsKnown()
    {
        Assert.Equal([true, false], ModelCapabilities.Of(Llama with { Role = "classifier" }).Select(c => c.Can));
        Assert.Empty(ModelCapabilities.Of(Stock.Decoder));
    }

    [Fact]
    public void Of_ModelLargerThanTheDevice_CannotComputeThereAndFp32IsNamed()
    {
        var device = new DeviceReport("cuda:0", "H100", 20_000_000_000);

        ModelCapability[] precision = [.. ModelCapabilities.Of(Llama, device).Where(c => c.Name.StartsWith("Compute in", StringComparison.Ordinal))];

        Assert.Equal([false, true], precision.Select(c => c.Can));
        Assert.Contains("32.0 GB, and cuda:0 has 20.0 GB", precision[0].WhyNot, StringComparison.Ordinal);
        Assert.All(ModelCapabilities.Of(Llama, device: null).Where(c => c.Name.StartsWith("Compute in", StringComparison.Ordinal)), c => Assert.True(c.Can));
    }

    [Fact]
    public void Panel_ModelWithoutOutputBias_ListsEveryCapabilityWithItsSignAndReason()
    {
        using var context = new BunitContext();

        var list = context.Render<ModelCan>(p => p.Add(c => c.Report, Llama));

        Assert.Equal(ModelCapabilities.Of(Llama).Count, list.FindAll("li").Count);
        var export = list.FindAll("li.not").Single(li => li.TextContent.Contains("Export patches", StringComparison.Ordinal));
        Assert.Contains(ModelRefusals.Adding(outputBias: false, "llama")!, export.TextContent, StringComparison.Ordinal);
        Assert.Equal("cannot", export.QuerySelector(".sign")!.GetAttribute("aria-label"));
    }

    [Fact]
    public void ExportForm_ModelWithoutOutputBias_RefusesWhatAddsAndOffersWhatMultiplies()
    {
        RunDraft draft = new ExportForm().Draft().With("model", "/models/m").With("what", "edit").With("intervention.form", "live");

        RunPlan llama = RunPlan.Of(draft, Of(Llama)), gpt2 = RunPlan.Of(draft.With("intervention.form", "shift"), Of(Gpt2));

        Assert.Equal(["patch", "steer"], llama.Refusals.Where(r => r.Key == "what").Select(r => r.Value));
        Assert.DoesNotContain(llama.Errors, e => e.Message == ModelRefusals.Adding(outputBias: false, "llama"));
        Assert.Contains(RunPlan.Of(draft.With("what", "patch"), Of(Llama)).Errors, e => e is { Key: "what" } && e.Message == ModelRefusals.Adding(outputBias: false, "llama"));
        Assert.DoesNotContain(gpt2.Refusals, r => r.Key is "what" or "intervention.form");
    }

    [Fact]
    public void DpoForm_TokenizerWithoutPadding_RefusesThePublishedProtocolAndUnknownTargets()
    {
        RunDraft draft = new DpoForm().Draft().With("model", "/models/m").With("protocol", "published").With("weights", "lora").With("lora.targets", "c_attn, q_proj");

        RunPlan plan = RunPlan.Of(draft, Of(Llama));

        Assert.Contains(plan.Errors, e => e.Key == "protocol" && e.Message == ModelRefusals.PublishedDpo(namesPadding: false));
        Assert.Contains(plan.Errors, e => e.Key == "lora.targets" && e.Message.Contains("'c_attn' names no linear layer", StringComparison.Ordinal));
        Assert.DoesNotContain(RunPlan.Of(draft, Of(Gpt2)).Errors, e => e.Key == "protocol");
    }

    [Fact]
    public void Forms_WindowAndProbeLongerThanTheModel_AreRefused()
    {
        RunPlan evaluation = RunPlan.Of(new EvaluateForm().Draft().With("model", "/models/m").With("data.window", "65"), Of(Llama));
        RunPlan probe = RunPlan.Of(new DirectionForm().Draft().With("model", "/models/m"), Of(Llama));

        Assert.Contains(evaluation.Errors, e => e.Message == ModelRefusals.Window(65, 64));
        Assert.Equal(ModelRefusals.PublishedProbe(128, 64), Assert.Single(probe.Refusals).Reason);
        Assert.DoesNotContain(probe.Errors, e => e.Key == "protocol");
    }

    [Fact]
    public void FieldControl_RefusedChoice_IsDisabledWithItsReasonUnlessItIsChosen()
    {
        using var context = new BunitContext();
        var refused = new Dictionary<string, string>(StringComparer.Ordinal) { ["published"] = "no padding" };

        var control = context.Render<FieldControl>(p => p.Add(f => f.Field, CommonFields.ProtocolField).Add(f => f.Text, "corrected").Add(f => f.Refused, refused));
        var published = control.FindAll("button")[1];
        Assert.True(published.HasAttribute("disabled"));
        Assert.Equal("no padding", published.GetAttribute("title"));

        control.Render(p => p.Add(f => f.Text, "published"));
        Assert.False(control.FindAll("button")[1].HasAttribute("disabled"));
    }

    private static InputOptions Of(ModelReport report) => new()
    {
        Inputs = [new InputOption(InputRole.Model, InputRef.OfPath("/models/m"), "m") { Report = report }],
    };
}
