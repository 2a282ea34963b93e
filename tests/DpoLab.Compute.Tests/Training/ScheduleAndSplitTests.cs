using DpoLab.Compute.Training;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Tests.Training;

public sealed class ScheduleAndSplitTests
{
    [Theory]
    [InlineData(LearningRateSchedule.Constant, 0, 0.25)]
    [InlineData(LearningRateSchedule.Constant, 3, 1)]
    [InlineData(LearningRateSchedule.Constant, 15, 1)]
    [InlineData(LearningRateSchedule.Linear, 4, 1)]
    [InlineData(LearningRateSchedule.Linear, 10, 0.5)]
    [InlineData(LearningRateSchedule.Cosine, 10, 0.5)]
    [InlineData(LearningRateSchedule.Cosine, 13, 0.14644660940672624)]
    public void At_StepOfASchedule_IsTheShareOfItsFormula(LearningRateSchedule schedule, long step, double share)
    {
        var options = new DpoOptions
        {
            Steps = 16,
            WarmupSteps = 4,
            Schedule = schedule,
            Optimizer = new OptimizerOptions { LearningRate = 3 },
        };

        Assert.Equal(3 * share, LearningRate.At(options, step), 1e-12);
    }

    [Fact]
    public void Batch_ThroughTwoEpochs_ShowsEachPairOnceAnEpochInAnotherOrder()
    {
        TrainingSplit split = TrainingSplit.Of(40, validation: 10, seed: 1);

        int[] seen = [.. Enumerable.Range(0, 15).SelectMany(number => split.Batch(number, 4, seed: 1))];

        Assert.Equal(split.Training, seen[..30].Order());
        Assert.Equal(split.Training, seen[30..60].Order());
        Assert.NotEqual(seen[..30], seen[30..60]);
        Assert.Empty(split.Training.Intersect(split.Validation));
        Assert.Equal(10, split.Validation.Length);
    }

    [Fact]
    public void Permutation_OfASeed_IsTheSameOnEveryMachine()
    {
        // Computed apart from this code, in Python: a change of the generator would change every split and batch of stored runs.
        Assert.Equal(Enumerable.Range(0, 8), SeededOrder.Permutation(8, seed: 0, stream: 0).Order());
        Assert.Equal(Pinned, SeededOrder.Permutation(8, seed: 42, stream: -1));
    }

    [Fact]
    public void Permutation_ManySeeds_PutsEveryElementEverywhereEquallyOften()
    {
        int[] counts = new int[25];
        for (int seed = 0; seed < 5000; seed++)
        {
            int[] order = SeededOrder.Permutation(5, seed, stream: 0);
            for (int place = 0; place < 5; place++)
                counts[(5 * place) + order[place]]++;
        }

        // 1000 expected each, standard deviation 28.
        Assert.All(counts, count => Assert.InRange(count, 860, 1140));
    }

    [Fact]
    public void Of_NothingLeftToTrainOn_IsRefused()
    {
        var error = Assert.Throws<TrainingException>(() => TrainingSplit.Of(64, validation: 64, seed: 0));

        Assert.Contains("64 are held out", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DpoLoss.Sigmoid, 0.6931471805599453)]
    [InlineData(DpoLoss.Hinge, 1)]
    [InlineData(DpoLoss.Robust, 0.6931471805599453)]
    [InlineData(DpoLoss.Ipo, 25)]
    public void AtReference_EachLoss_IsItsKnownValue(DpoLoss loss, double expected)
    {
        var options = new DpoOptions { Steps = 1, Loss = loss, Beta = 0.1, LabelSmoothing = loss is DpoLoss.Robust ? 0.1 : 0 };

        Assert.Equal(expected, PreferenceLoss.AtReference(options), 1e-12);
    }

    [Theory]
    [InlineData(DpoLoss.Sigmoid)]
    [InlineData(DpoLoss.Hinge)]
    [InlineData(DpoLoss.Robust)]
    [InlineData(DpoLoss.Ipo)]
    public void Of_EachLoss_HasTheSlopesOfItsValue(DpoLoss loss)
    {
        var options = new DpoOptions { Steps = 1, Loss = loss, Beta = 0.3, LabelSmoothing = loss is DpoLoss.Robust ? 0.2 : 0 };
        var at = new LogRatios(0.4, -0.7, 5, 3);
        const double H = 1e-6;

        PairLoss here = PreferenceLoss.Of(options, at);
        double chosen = (PreferenceLoss.Of(options, at with { Chosen = at.Chosen + H }).Value
            - PreferenceLoss.Of(options, at with { Chosen = at.Chosen - H }).Value) / (2 * H);
        double rejected = (PreferenceLoss.Of(options, at with { Rejected = at.Rejected + H }).Value
            - PreferenceLoss.Of(options, at with { Rejected = at.Rejected - H }).Value) / (2 * H);

        Assert.Equal(chosen, here.ChosenSlope, 1e-6);
        Assert.Equal(rejected, here.RejectedSlope, 1e-6);
    }

    private static int[] Pinned => [3, 4, 7, 1, 2, 5, 0, 6];
}
