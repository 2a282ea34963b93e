using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs.NewRun;

namespace DpoLab.Web.Tests.NeuronSets;

/// <summary>Sets in the form of an evaluation, through the addresses that pages link to.</summary>
public sealed class NeuronSetFormTests
{
    private static readonly InputRef Set = InputRef.OfUpload(new string('a', 64), "toxic, v2");

    private static readonly NeuronsParameters Made = new()
    {
        Base = InputRef.OfPath("/models/base", "base"),
        Tuned = InputRef.OfArtifact("r-dpo", Artifacts.BestModel),
        Direction = InputRef.OfPath("/d", "probe"),
        Prompts = new DatasetRef(InputRef.OfPath("/p", "prompts")),
    };

    [Fact]
    public void OfSet_Patch_FillsInTheForm()
    {
        var patch = Assert.IsType<PatchIntervention>(Second(InterventionLinks.OfSet("patch", Set, "r-neurons", Made)));

        Assert.Equal(new SetSelection(Set), patch.Neurons);
        Assert.Equal(InterventionForm.Shift, patch.Form);
    }

    [Fact]
    public void OfSet_Ablate_FillsInTheForm()
    {
        var scale = Assert.IsType<ScaleIntervention>(Second(InterventionLinks.OfSet("scale", Set, "r-neurons", Made)));

        Assert.Equal(0, scale.Factor);
        Assert.Equal(new SetSelection(Set), scale.Neurons);
    }

    [Fact]
    public void OfSet_Edit_IsHeldWithinTheSet()
    {
        var edit = Assert.IsType<EditIntervention>(Second(InterventionLinks.OfSet("edit", Set, "r-neurons", Made)));

        Assert.Equal(new SetSelection(Set), edit.Neurons);
        Assert.Equal(1, edit.Beta);
    }

    [Theory]
    [InlineData(NeuronDeed.Ablate, NeuronGroup.Tp, 0)]
    [InlineData(NeuronDeed.Edit, NeuronGroup.Tp, 0.95)]
    [InlineData(NeuronDeed.Edit, NeuronGroup.Ap, 1.05)]
    public void OfNeuron_Scaled_NamesTheNeuron(NeuronDeed deed, NeuronGroup quadrant, double factor)
    {
        var scale = Assert.IsType<ScaleIntervention>(Second(InterventionLinks.OfNeuron(new EffectSettings { Deed = deed }, "r-neurons", Made, new NeuronIndex(19, 770), quadrant)));

        Assert.Equal(factor, scale.Factor, 9);
        Assert.Equal([new NeuronIndex(19, 770)], Assert.IsType<ListSelection>(scale.Neurons).Neurons);
    }

    [Fact]
    public void OfNeuron_Patched_IsWhatItsPageShows()
    {
        var effect = new EffectSettings { Deed = NeuronDeed.Patch, PatchForm = InterventionForm.Shift, PatchStrength = 2.5 };

        var patch = Assert.IsType<PatchIntervention>(Second(InterventionLinks.OfNeuron(effect, "r-neurons", Made, new NeuronIndex(19, 770), NeuronGroup.Tp)));

        Assert.Equal((InterventionForm.Shift, 2.5), (patch.Form, patch.Strength));
        Assert.Equal([new NeuronIndex(19, 770)], Assert.IsType<ListSelection>(patch.Neurons).Neurons);
    }

    [Fact]
    public void Plan_EditWithoutASet_HasNoSelection()
    {
        var draft = DraftAddress.Read("?kind=evaluate&rows=2&model=/models/base&neurons=r-neurons:neurons.safetensors&v1.what=edit");

        Assert.Null(Assert.IsType<EditIntervention>(Second(draft)).Neurons);
    }

    private static Intervention? Second(string address) => Second(DraftAddress.Read(new Uri(new Uri("http://lab/"), address).Query));

    /// <summary>What the form's second row does, with the inputs that a person still has to choose filled in.</summary>
    private static Intervention? Second(RunDraft draft)
    {
        var options = new InputOptions { Inputs = [new InputOption(InputRole.NeuronSet, Set, "toxic, v2")] };
        var plan = RunPlan.Of(draft.With("data.prompts", "/p").With("data.scorer", "/s"), options);
        Assert.Empty(plan.Errors);
        var evaluate = (EvaluateParameters)plan.Runs[0].Parameters!;
        Assert.Equal("/models/base", evaluate.Model.Location);
        Assert.Equal("r-neurons", evaluate.Neurons!.RunId);
        return evaluate.Variants[1].Intervention;
    }
}
