using DpoLab.Compute;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Tests;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Tests.Neurons;

public sealed class NeuronSetFileTests
{
    private static readonly InputRef Set = InputRef.OfUpload("ab", "chosen, v1");

    private static readonly NeuronStatistics Statistics = new()
    {
        Layers = 2,
        NeuronsPerLayer = 2,
        Cosine = [.5, .1, -.2, -.3],
        ActivationBefore = [1, -2, 3, -4],
        ActivationAfter = [.5, -3, 3.5, -3],
        VarianceBefore = new double[4],
        VarianceAfter = new double[4],
        ProjectionBefore = [.5, -.2, -.6, 1.2],
        ProjectionAfter = [.25, -.3, -.5, .9],
    };

    [Fact]
    public void Read_WrittenFile_HoldsShapeAndNeurons()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, 2, 3, [0, 4, 5]);

        var read = NeuronSetFile.Read(path);

        Assert.Equal((2, 3), (read.Layers, read.NeuronsPerLayer));
        Assert.Equal([0, 4, 5], read.Neurons);
    }

    [Fact]
    public void Read_NeuronOutsideItsShape_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, 2, 3, [0, 6]);

        Assert.Contains("outside its 2 layers of 3", Assert.Throws<InputException>(() => NeuronSetFile.Read(path)).Message);
    }

    [Fact]
    public void Plan_SetOfAnotherShape_IsRefusedWithBothShapes()
    {
        var planner = Planner(new NeuronSetFile(3, 2, [0]));

        var refused = Assert.Throws<InputException>(() => planner.Plan(new ScaleIntervention { Neurons = new SetSelection(Set) }));

        Assert.Contains("chosen, v1 is of 3 layers of 2 neurons, the model has 2 of 2", refused.Message);
    }

    [Fact]
    public void Plan_PatchOfASet_TakesItsNeurons()
    {
        var plan = Planner(new NeuronSetFile(2, 2, [1, 2])).Plan(new PatchIntervention { Form = InterventionForm.Constant, Neurons = new SetSelection(Set) });

        Assert.Equal(2, plan.Neurons);
        Assert.Equal([-3.0], Assert.IsType<NeuronOperation>(plan.Operations[0]).Offsets);
        Assert.Equal([3.5], Assert.IsType<NeuronOperation>(plan.Operations[1]).Offsets);
    }

    [Fact]
    public void Plan_EditWithinASet_EditsThoseOfTheRuleThatAreInIt()
    {
        var plan = Planner(new NeuronSetFile(2, 2, [1, 3])).Plan(
            new EditIntervention { Alpha = .2, Beta = 1, Groups = [NeuronGroup.Tn, NeuronGroup.Tp], Neurons = new SetSelection(Set) });

        var only = Assert.IsType<NeuronOperation>(Assert.Single(plan.Operations));
        Assert.Equal([1], only.Neurons); // neuron 3 is AN, which is switched off
        Assert.Equal([1.2], only.Factors);
    }

    private static InterventionPlanner Planner(NeuronSetFile set) => new(new ModelShape(2, 2, 3), Statistics, _ => [1, 2, 3], readSet: _ => set);

    private static string Write(TemporaryFolder folder, int layers, int perLayer, int[] neurons)
    {
        string path = Path.Combine(folder.FullPath, "set.safetensors");
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(
            path,
            new Dictionary<string, Tensor> { [NeuronSetArrays.Neurons] = tensor(neurons) },
            new Dictionary<string, string> { [NeuronArrays.Layers] = $"{layers}", [NeuronArrays.NeuronsPerLayer] = $"{perLayer}" });
        return path;
    }
}
