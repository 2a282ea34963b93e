using DpoLab.Compute.Verification;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Tests.Verification;

/// <summary>Optimizers and schedules as reference cases write them.</summary>
public sealed class DpoCaseWordsTests
{
    [Fact]
    public void Optimizer_WithNumbers_TakesThem()
    {
        var adamW = DpoCaseWords.Optimizer("AdamW betas .8 .95 eps 1e-6 weight decay .05 on all parameters", 1e-4);
        Assert.Equal((DpoOptimizer.AdamW, 1e-4, .8, .95, 1e-6, .05), (adamW.Kind, adamW.LearningRate, adamW.MeanDecay, adamW.SquareDecay, adamW.Epsilon, adamW.WeightDecay));
        var rmsProp = DpoCaseWords.Optimizer("RMSprop alpha .9 eps 1e-7", 1e-3);
        Assert.Equal((DpoOptimizer.RmsProp, .9, 1e-7, 0), (rmsProp.Kind, rmsProp.Alpha, rmsProp.Epsilon, rmsProp.WeightDecay));
    }

    [Theory]
    [InlineData("lr*min(1,(step+1)/6)", LearningRateSchedule.Constant, 6)]
    [InlineData("linear warm-up over 4 steps, then lr*.5*(1+cos(pi*(step-4)/12))", LearningRateSchedule.Cosine, 4)]
    [InlineData("linear warm-up over 3 steps, then lr*(1-(step-3)/12)", LearningRateSchedule.Linear, 3)]
    [InlineData("linear warm-up over 9 steps, then constant", LearningRateSchedule.Constant, 9)]
    [InlineData(null, LearningRateSchedule.Constant, 0)]
    public void Schedule_KnownWords_AreRead(string? words, LearningRateSchedule schedule, int warmup) =>
        Assert.Equal((schedule, warmup), DpoCaseWords.Schedule(words));

    [Fact]
    public void Schedule_OtherWords_AreRefusedByName()
    {
        Assert.Contains("as the moon waxes", Assert.Throws<InputException>(() => DpoCaseWords.Schedule("as the moon waxes")).Message, StringComparison.Ordinal);
        Assert.Contains("Lion", Assert.Throws<InputException>(() => DpoCaseWords.Optimizer("Lion", 1)).Message, StringComparison.Ordinal);
    }
}
