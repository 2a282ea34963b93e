using DpoLab.Compute.Models;
using DpoLab.Compute.Tests.Hosting;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Runs;

/// <summary>Every way to train, as whole runs on the demo's model.</summary>
public sealed class DpoRunTests : IDisposable
{
    private static readonly NeuronIndex[] Chosen = [new(0, 3), new(2, 7), new(5, 40)];

    private static readonly DpoParameters Plain = Specs.DpoParameters(steps: 4) with { WarmupSteps = 0, LearningRate = 1e-4, CheckpointEvery = 2 };

    private readonly RunFolder runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Run_Lora_ChangesTheTargetsAloneAndWritesTheAdapter()
    {
        runs.Run<DpoResult>("r-lora", Plain with { Lora = new LoraOptions(Rank: 4, Alpha: 8, Targets: ["c_attn", "mlp.c_proj"]) });

        using var scope = NewDisposeScope();
        using var before = Base();
        using var after = runs.Model("r-lora");
        Assert.Equal(
            Enumerable.Range(0, 6).SelectMany(l => new[] { $"transformer.h.{l}.attn.c_attn.weight", $"transformer.h.{l}.mlp.c_proj.weight" }).Order(),
            RunFolder.Changed(before, after).Order());
        Assert.True(File.Exists(Path.Combine(runs.Artifact("r-lora", Artifacts.BestAdapter), "adapter_config.json")));
    }

    [Theory]
    [InlineData(NeuronMaskMode.TrainOnly)]
    [InlineData(NeuronMaskMode.Freeze)]
    public void Run_Mask_LeavesTheOtherWeightsAsTheyWereToTheBit(NeuronMaskMode mode)
    {
        runs.Run<DpoResult>("r-mask", Plain with { Mask = new NeuronMaskOptions(mode, new ListSelection(Chosen)) });

        using var scope = NewDisposeScope();
        using var before = Base();
        using var after = runs.Model("r-mask");
        foreach (var (name, was) in before.Parameters)
        {
            Tensor changed = was.ne(after.Parameters[name]);
            Tensor mine = OfChosen(name, was);
            Tensor fixedOnes = mode is NeuronMaskMode.TrainOnly ? mine.logical_not() : mine;
            Assert.False(changed.logical_and(fixedOnes).any().item<bool>(), $"{name} changed where it must not");
        }

        Tensor values = before.ValueVectors(2)[7].ne(after.ValueVectors(2)[7]);
        Assert.Equal(mode is NeuronMaskMode.TrainOnly, values.any().item<bool>());
    }

    [Fact]
    public void Run_MaskOfAGroup_TrainsTheNeuronsOfTheStatistics()
    {
        runs.Run<DpoResult>("r-tuned", Plain);
        runs.Run<DirectionResult>("r-direction", Specs.Direction("r-direction").Parameters);
        runs.Run<NeuronsResult>("r-neurons", new NeuronsParameters
        {
            Base = Specs.Model,
            Tuned = InputRef.OfArtifact("r-tuned", Artifacts.LastModel),
            Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction),
            Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl")), Limit: 8),
            NewTokens = 4,
        });

        runs.Run<DpoResult>("r-group", Plain with
        {
            Neurons = InputRef.OfArtifact("r-neurons", Artifacts.Neurons),
            Mask = new NeuronMaskOptions(NeuronMaskMode.TrainOnly, new GroupSelection([NeuronGroup.Tp], Top: 5)),
        });

        using var scope = NewDisposeScope();
        using var before = Base();
        using var after = runs.Model("r-group");
        int moved = Enumerable.Range(0, 6).Sum(layer => (int)before.ValueVectors(layer).ne(after.ValueVectors(layer)).any(1).sum().item<long>());
        Assert.Equal(5, moved);
        Assert.Contains(runs.Events("r-group").OfType<LogEvent>(), line => line.Message == "Only 5 neurons are trained.");
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("mask")]
    [InlineData("recompute")]
    public void Run_InterruptedAndBegunAgain_EndsWithTheSameWeightsToTheBit(string how)
    {
        var parameters = Plain with { Steps = 12, ValidateEvery = 1000 };
        parameters = how switch
        {
            "lora" => parameters with { Lora = new LoraOptions(Rank: 4, Alpha: 8) },
            "mask" => parameters with { Mask = new NeuronMaskOptions(NeuronMaskMode.Freeze, new ListSelection(Chosen)) },
            _ => parameters with { Recompute = true },
        };
        runs.Run<DpoResult>("r-whole", parameters);
        runs.Interrupt("r-parts", parameters);

        runs.Run<DpoResult>("r-parts", parameters);

        Assert.NotNull(runs.Events("r-parts").OfType<StartedEvent>().Last().ResumedFromStep);
        using var scope = NewDisposeScope();
        using var whole = runs.Model("r-whole");
        using var parts = runs.Model("r-parts");
        Assert.Empty(RunFolder.Changed(whole, parts));
    }

    [Theory]
    [InlineData(DpoLoss.Sigmoid, 0.69314718)]
    [InlineData(DpoLoss.Robust, 0.69314718)]
    [InlineData(DpoLoss.Hinge, 1)]
    [InlineData(DpoLoss.Ipo, 25)] // 1/(4β²)
    public void Run_EachLoss_StartsAtItsKnownValueAndTrains(DpoLoss loss, double start)
    {
        var result = runs.Run<DpoResult>("r-loss", Plain with { Loss = loss, LabelSmoothing = loss is DpoLoss.Robust ? 0.1 : 0 });

        Assert.Equal(start, result.StepZeroLoss, 1e-5);
        Assert.Equal(4, result.Steps);
        Assert.NotEqual(result.StepZeroLoss, result.LastTrainingLoss);
    }

    [Fact]
    public void Run_AccumulatedBatches_TakesTheStepsOfTheWholeBatch()
    {
        var whole = runs.Run<DpoResult>("r-whole", Plain with { BatchSize = 4 });
        var parts = runs.Run<DpoResult>("r-parts", Plain with { BatchSize = 2, Accumulation = 2 });

        Assert.Equal(whole.BestValidationLoss, parts.BestValidationLoss, 1e-4);
        Assert.Equal(whole.LastTrainingLoss, parts.LastTrainingLoss, 1e-3);
    }

    [Fact]
    public void Run_AdamWAndBf16_TrainOtherWeightsThanTheDefaults()
    {
        runs.Run<DpoResult>("r-plain", Plain);
        runs.Run<DpoResult>("r-adamw", Plain with { Optimizer = DpoOptimizer.AdamW, WeightDecay = 0.1 });
        var low = runs.Run<DpoResult>("r-bf16", Plain with { Precision = Precision.Bf16 });

        Assert.Equal(Math.Log(2), low.StepZeroLoss, 1e-2);
        using var scope = NewDisposeScope();
        using var plain = runs.Model("r-plain");
        using var adamW = runs.Model("r-adamw");
        using var bf16 = runs.Model("r-bf16");
        Assert.Equal(plain.Parameters.Count, RunFolder.Changed(plain, adamW).Count);
        Assert.All(bf16.Parameters.Values, weight => Assert.True(weight.Equals(weight.to(ScalarType.BFloat16).to(ScalarType.Float32))));
    }

    [Fact]
    public void Run_Recomputed_GivesTheWeightsOfThePlainRun()
    {
        runs.Run<DpoResult>("r-plain", Plain);
        runs.Run<DpoResult>("r-again", Plain with { Recompute = true });

        using var scope = NewDisposeScope();
        using var plain = runs.Model("r-plain");
        using var again = runs.Model("r-again");
        Assert.Empty(RunFolder.Changed(plain, again));
    }

    [Fact]
    public void Run_PublishedProtocol_ScoresPromptAndPaddingToo()
    {
        var corrected = runs.Run<DpoResult>("r-corrected", Plain);
        var published = runs.Run<DpoResult>("r-published", Plain with { Protocol = Protocol.Published });

        Assert.Equal(Math.Log(2), published.StepZeroLoss, 1e-5);
        Assert.NotEqual(corrected.BestValidationLoss, published.BestValidationLoss);
        double Chosen(string run) => runs.Events(run).OfType<MetricEvent>().First(m => m.Name == "train/" + MetricNames.ChosenLogProbability).Value;

        // more tokens are scored, so the summed log-probability is lower
        Assert.True(Chosen("r-published") < Chosen("r-corrected"), $"{Chosen("r-published")} is not below {Chosen("r-corrected")}");
    }

    [Fact]
    public void Run_PairsFromTheModelItself_AreReadByATraining()
    {
        runs.Run<DirectionResult>("r-direction", Specs.Direction("r-direction").Parameters);
        var pairs = runs.Run<PairsResult>("r-pairs", new PairsParameters
        {
            Source = PairsSource.Model,
            Model = Specs.Model,
            Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl")), Limit: 24),
            Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction),
            Scorer = InputRef.OfPath(Repository.Demo("scorer")),
            LeastGap = 0,
            NewTokens = 8,
        });

        Assert.True(pairs.RejectedToxicity!.Mean >= pairs.ChosenToxicity!.Mean);
        Assert.Equal(24, pairs.Pairs + pairs.Discarded);
        var trained = runs.Run<DpoResult>("r-dpo", Plain with
        {
            Pairs = new DatasetRef(InputRef.OfArtifact("r-pairs", Artifacts.Pairs)),
            ValidationPairs = 2,
        });
        Assert.Equal(pairs.Pairs, trained.TrainingPairs + trained.ValidationPairs);
    }

    private static Decoder Base() => Decoder.Load(Repository.Demo("base-model"), CPU, ScalarType.Float32);

    /// <summary>True at the weights of the chosen neurons: columns of c_fc, entries of its bias, rows of c_proj.</summary>
    private static Tensor OfChosen(string name, Tensor weight)
    {
        Tensor mine = zeros(weight.shape, ScalarType.Bool);
        foreach (NeuronIndex n in Chosen.Where(n => name.Contains($".{n.Layer}.mlp.", StringComparison.Ordinal)))
        {
            if (name.EndsWith("c_fc.weight", StringComparison.Ordinal))
                mine.select(1, n.Neuron).fill_(true);
            else if (!name.EndsWith("c_proj.bias", StringComparison.Ordinal))
                mine.select(0, n.Neuron).fill_(true);
        }

        return mine;
    }
}
