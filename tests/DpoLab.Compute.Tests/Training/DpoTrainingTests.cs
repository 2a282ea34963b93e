using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using DpoLab.Compute.Verification;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Training;

public sealed class DpoTrainingTests
{
    private static readonly DpoCase Fixture = DpoFixtures.Open("gpt2-sigmoid-gamma0.0");

    private static readonly DpoOptions Options = new()
    {
        Steps = 12,
        WarmupSteps = 3,
        BatchSize = 4,
        ValidationPairs = 16,
        ValidateEvery = 12,
        CheckpointEvery = 5,
        SampleAnswers = 0,
        Seed = 7,
        Optimizer = new OptimizerOptions { LearningRate = 1e-4 },
    };

    public static TheoryData<string, long> Interruptions => new()
    {
        { "rmsprop", 3 }, { "rmsprop", 7 }, { "adamw", 10 }, { "accumulation", 8 }, { "divergence", 6 }, { "bf16", 7 },
    };

    [Theory]
    [MemberData(nameof(Interruptions))]
    public void Run_KilledAndBegunAgain_GivesTheSameCurveAndWeightsToTheBit(string variant, long dieAtStep)
    {
        using var scope = NewDisposeScope();
        using var whole = new TemporaryFolder();
        using var interrupted = new TemporaryFolder();
        var undisturbed = Train(variant, whole.Path);
        var before = new RecordingObserver(dieAtStep);
        Assert.Throws<ProcessDied>(() => Train(variant, interrupted.Path, before));

        var after = Train(variant, interrupted.Path);

        long checkpoint = dieAtStep > 10 ? 10 : dieAtStep > 5 ? 5 : 0;
        Assert.Equal(checkpoint == 0 ? null : checkpoint, after.Observer.ResumedFrom);
        Assert.Equal(undisturbed.Observer.Steps, before.Steps.Where(s => s.Step <= checkpoint).Concat(after.Observer.Steps));
        Assert.Equal(undisturbed.Observer.Validations.Where(v => v.Step > checkpoint), after.Observer.Validations.Where(v => v.Step > checkpoint));
        Assert.Equal(undisturbed.Observer.Split!.Validation, after.Observer.Split!.Validation);
        Assert.Equal(undisturbed.Outcome with { Split = after.Outcome.Split }, after.Outcome);
        AssertSameBits(undisturbed.Last, after.Last);
        AssertSameBits(undisturbed.Best, after.Best);
    }

    [Fact]
    public void Run_FromTheReferenceItself_StartsAtTheKnownLossAndLearns()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        var (outcome, observer, _, _) = Train("rmsprop", folder.Path);

        Assert.Equal(Math.Log(2), outcome.Start.PreferenceLoss, 1e-6);
        Assert.Equal(0, outcome.Start.Divergence!.Value, 1e-6);
        Assert.Equal(Math.Log(2), observer.Steps[0].Metrics.Loss, 1e-6);
        Assert.Equal(0, observer.Steps[0].Metrics.ChosenReward);
        Assert.Equal([0L, 3, 6, 9, 12], observer.Validations.Select(v => v.Step));
        Assert.True(outcome.Last.Divergence > 0);
        Assert.True(observer.Steps[^1].Metrics.Margin != 0);
        Assert.Equal(12, outcome.Steps);
    }

    [Fact]
    public void Run_NoImprovement_StopsWhenPatienceEnds()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using Decoder policy = Fixture.LoadModel();
        var observer = new RecordingObserver();

        // Random preferences of random texts: at this rate the held-out loss rises soon.
        var options = Options with { Steps = 400, Patience = 2, ValidateEvery = 4, Optimizer = new OptimizerOptions { LearningRate = 1e-3 } };
        TrainingOutcome outcome = new DpoTraining(
            new TrainingSubject { Policy = policy, Pairs = Fixture.Pairs }, options, new TrainingCheckpoints(folder.Path), observer)
            .Run(TestContext.Current.CancellationToken);

        Assert.True(outcome.StoppedEarly);
        Assert.Equal(2, observer.Validations[^1].WithoutImprovement);
        Assert.Equal(outcome.Steps - 2, outcome.BestStep);
        Assert.Equal(outcome.Best.Loss, observer.Validations.Where(v => v.Step > 0).Min(v => v.Metrics.Loss));
    }

    [Fact]
    public void Run_LearningRateThatDiverges_NamesStepBatchAndCause()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using Decoder policy = Fixture.LoadModel();
        var observer = new RecordingObserver();
        var options = Options with { Steps = 100, WarmupSteps = 0, Optimizer = new OptimizerOptions { LearningRate = 1e30 } };
        var training = new DpoTraining(
            new TrainingSubject { Policy = policy, Pairs = Fixture.Pairs }, options, new TrainingCheckpoints(folder.Path), observer);

        var error = Assert.Throws<TrainingDivergedException>(() => training.Run(TestContext.Current.CancellationToken));

        Assert.Equal(observer.Steps.Count + 1, error.Step);
        Assert.Equal(observer.Split!.Batch(error.Step - 1, 4, options.Seed), error.Batch);
        Assert.Contains($"Step {error.Step}:", error.Message, StringComparison.Ordinal);
        Assert.Contains("learning rate 1e+30", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WeightThatIsNotFinite_NamesTheWeight()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using Decoder policy = Fixture.LoadModel();
        using (no_grad())
            policy.Parameters["transformer.ln_f.weight"].fill_(float.NaN);
        var training = new DpoTraining(
            new TrainingSubject { Policy = policy, Pairs = Fixture.Pairs }, Options, new TrainingCheckpoints(folder.Path), new RecordingObserver());

        var error = Assert.Throws<TrainingDivergedException>(() => training.Run(TestContext.Current.CancellationToken));

        Assert.Contains("'transformer.ln_f.weight'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_CheckpointOfOtherSettings_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Assert.Throws<ProcessDied>(() => Train("rmsprop", folder.Path, new RecordingObserver(dieAtStep: 7)));

        var error = Assert.Throws<TrainingException>(() => Train("adamw", folder.Path));

        Assert.Contains("other settings", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Construct_PairLongerThanTheContext_IsRefusedByNumber()
    {
        using Decoder policy = Fixture.LoadModel();
        PreferencePair[] pairs = [.. Fixture.Pairs.Take(20), new PreferencePair([.. Enumerable.Repeat(1, 90)], [1, 2, 3, 4, 5, 6, 7], [1])];

        var error = Assert.Throws<TrainingException>(() => new DpoTraining(
            new TrainingSubject { Policy = policy, Pairs = pairs }, Options, new TrainingCheckpoints("unused"), new RecordingObserver()));

        Assert.Contains("Pair 21", error.Message, StringComparison.Ordinal);
        Assert.Contains("97 tokens", error.Message, StringComparison.Ordinal);
    }

    private static (TrainingOutcome Outcome, RecordingObserver Observer, Dictionary<string, Tensor> Last, Dictionary<string, Tensor> Best) Train(
        string variant, string folder, RecordingObserver? observer = null)
    {
        observer ??= new RecordingObserver();
        ScalarType precision = variant == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32;
        using Decoder policy = Decoder.Load(Fixture.ModelFolder, CPU, precision);
        using Decoder? reference = variant == "divergence" ? Decoder.Load(Fixture.ModelFolder, CPU, precision) : null;
        DpoOptions options = variant switch
        {
            "adamw" => Options with { Optimizer = new OptimizerOptions { Kind = DpoOptimizer.AdamW, LearningRate = 1e-4, WeightDecay = 0.01 } },
            "accumulation" => Options with { Accumulation = 2, BatchSize = 2 },
            "divergence" => Options with { Gamma = 0.06 },
            _ => Options,
        };
        var training = new DpoTraining(
            new TrainingSubject { Policy = policy, Pairs = Fixture.Pairs, Reference = reference },
            options,
            new TrainingCheckpoints(folder),
            observer);
        TrainingOutcome outcome = training.Run(TestContext.Current.CancellationToken);
        var last = Copy(policy);
        training.RestoreBest(outcome);
        return (outcome, observer, last, Copy(policy));
    }

    private static Dictionary<string, Tensor> Copy(Decoder model) =>
        model.Parameters.ToDictionary(p => p.Key, p => p.Value.detach().clone(), StringComparer.Ordinal);

    private static void AssertSameBits(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        foreach ((string name, Tensor tensor) in expected)
            Assert.True(tensor.Equals(actual[name]), $"{name} differs");
    }
}
