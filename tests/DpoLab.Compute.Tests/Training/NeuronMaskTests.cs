using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Training;

public sealed class NeuronMaskTests
{
    private static readonly NeuronIndex[] Chosen = [new(0, 3), new(1, 7), new(1, 100)];

    [Theory]
    [InlineData("gpt2-sigmoid-gamma0.0", DpoOptimizer.RmsProp)]
    [InlineData("gpt2-sigmoid-gamma0.0", DpoOptimizer.AdamW)]
    [InlineData("llama31-sigmoid-gamma0.06", DpoOptimizer.RmsProp)]
    public void Run_TrainOnly_ChangesTheInputAndOutputWeightsOfTheSetAlone(string name, DpoOptimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var (before, after) = Train(name, new NeuronMask(NeuronMaskMode.TrainOnly, Chosen), optimizer);

        foreach ((string weight, Tensor was) in before.Parameters)
        {
            Tensor changed = was.ne(after.Parameters[weight]);
            Assert.False(changed.logical_and(OfTheSet(before, weight).logical_not()).any().item<bool>(), $"{weight} changed outside the set");
        }

        // Every value vector of the set has moved.
        foreach (NeuronIndex neuron in Chosen)
            Assert.True(before.ValueVectors(neuron.Layer)[neuron.Neuron].ne(after.ValueVectors(neuron.Layer)[neuron.Neuron]).any().item<bool>());
        before.Dispose();
        after.Dispose();
    }

    [Theory]
    [InlineData("gpt2-sigmoid-gamma0.0", DpoOptimizer.RmsProp)]
    [InlineData("gpt2-sigmoid-gamma0.0", DpoOptimizer.AdamW)]
    [InlineData("llama31-sigmoid-gamma0.06", DpoOptimizer.AdamW)]
    public void Run_Freeze_LeavesTheSetAsItWasAndTrainsTheRest(string name, DpoOptimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var (before, after) = Train(name, new NeuronMask(NeuronMaskMode.Freeze, Chosen), optimizer);

        foreach ((string weight, Tensor was) in before.Parameters)
        {
            Tensor changed = was.ne(after.Parameters[weight]);
            Assert.False(changed.logical_and(OfTheSet(before, weight)).any().item<bool>(), $"{weight} changed within the set");
            Assert.True(changed.any().item<bool>(), $"{weight} did not change at all");
        }

        before.Dispose();
        after.Dispose();
    }

    [Fact]
    public void Construct_NeuronThatTheModelLacks_IsRefused()
    {
        var fixture = DpoFixtures.Open("gpt2-sigmoid-gamma0.0");
        using Decoder policy = fixture.LoadModel();
        var subject = new TrainingSubject
        {
            Policy = policy,
            Pairs = fixture.Pairs,
            Mask = new NeuronMask(NeuronMaskMode.Freeze, [new NeuronIndex(3, 0)]),
        };

        var error = Assert.Throws<TrainingException>(
            () => new DpoTraining(subject, new DpoOptions { Steps = 1 }, new TrainingCheckpoints("unused"), new RecordingObserver()));

        Assert.Contains("layer 3, neuron 0", error.Message, StringComparison.Ordinal);
    }

    private static (Decoder Before, Decoder After) Train(string name, NeuronMask mask, DpoOptimizer optimizer)
    {
        using var folder = new TemporaryFolder();
        var fixture = DpoFixtures.Open(name);
        Decoder before = fixture.LoadModel(), after = fixture.LoadModel();
        var options = new DpoOptions
        {
            Steps = 3,
            WarmupSteps = 0,
            ValidationPairs = 8,
            SampleAnswers = 0,
            Optimizer = new OptimizerOptions { Kind = optimizer, LearningRate = 1e-3, WeightDecay = 0.1 },
        };
        var subject = new TrainingSubject { Policy = after, Pairs = fixture.Pairs, Mask = mask };
        new DpoTraining(subject, options, new TrainingCheckpoints(folder.Path), new RecordingObserver()).Run(TestContext.Current.CancellationToken);
        return (before, after);
    }

    /// <summary>True at the weights that belong to the chosen neurons, by the names of the files.</summary>
    private static Tensor OfTheSet(Decoder model, string weight)
    {
        Tensor mine = zeros(model.Parameters[weight].shape, ScalarType.Bool);
        foreach (NeuronIndex n in Chosen)
        {
            bool here = weight.Contains($".{n.Layer}.mlp.", StringComparison.Ordinal);
            if (here && (weight.EndsWith("c_fc.weight", StringComparison.Ordinal) || weight.EndsWith("down_proj.weight", StringComparison.Ordinal)))
                mine.select(1, n.Neuron).fill_(true);
            else if (here && !weight.EndsWith("c_proj.bias", StringComparison.Ordinal))
                mine.select(0, n.Neuron).fill_(true);
        }

        return mine;
    }
}
