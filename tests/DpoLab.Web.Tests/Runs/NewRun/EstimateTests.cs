using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs.NewRun.Estimates;

namespace DpoLab.Web.Tests.Runs.NewRun;

public sealed class EstimateTests
{
    private static readonly ModelReport Gpt2Medium = new()
    {
        Role = "decoder",
        Family = "gpt2",
        Parameters = 354_823_168,
        Layers = 24,
        Width = 1024,
        NeuronsPerLayer = 4096,
        Vocabulary = 50257,
        ContextLength = 1024,
        StoredPrecision = "fp32",
        WeightBytes = 1_419_292_672,
        Digest = "d",
    };

    private static readonly DpoParameters Dpo = new()
    {
        Model = InputRef.OfPath("/models/gpt2-medium"),
        Pairs = new DatasetRef(InputRef.OfPath("/data/pairs.jsonl")),
        Steps = 200,
    };

    private static readonly InputFacts Facts = new(_ => Gpt2Medium, _ => new DatasetSize(1500, 208_000));

    [Fact]
    public void Of_NoEarlierRun_SaysThatItIsARuleOfThumb()
    {
        var estimate = RunEstimate.Of(Dpo, Facts, null, []);

        Assert.Contains("rule of thumb", estimate.BasedOn);
        Assert.True(estimate.Seconds > 0);
    }

    [Fact]
    public void Of_SameRunFinishedBefore_TakesItsMeasuredTime()
    {
        var estimate = RunEstimate.Of(Dpo, Facts, null, [new EarlierRun("gpt2-medium", Dpo, 500, null)]);

        Assert.Equal(500, estimate.Seconds!.Value, 6);
        Assert.Equal("1 earlier run of this model here", estimate.BasedOn);
    }

    [Fact]
    public void Of_TwiceTheSteps_TakesAboutTwiceAsLong()
    {
        var once = new EarlierRun("gpt2-medium", Dpo, 500, null);

        double seconds = RunEstimate.Of(Dpo with { Steps = 400 }, Facts, null, [once]).Seconds!.Value;

        Assert.InRange(seconds, 850, 1050);
    }

    [Fact]
    public void Of_OtherKindsOnly_DoesNotPretendToBeMeasured()
    {
        var other = new EarlierRun("gpt2-medium", new DirectionParameters { Model = Dpo.Model, Comments = Dpo.Pairs }, 99, null);

        Assert.Contains("rule of thumb", RunEstimate.Of(Dpo, Facts, null, [other]).BasedOn);
    }

    [Fact]
    public void Of_UnknownModel_GivesNoNumberAndSaysWhy()
    {
        var estimate = RunEstimate.Of(Dpo, new InputFacts(_ => null, _ => null), null, []);

        Assert.Null(estimate.Seconds);
        Assert.Null(estimate.Memory);
        Assert.Contains("until it is added", estimate.BasedOn);
    }

    [Fact]
    public void Memory_OfDpo_CountsReferenceOnlyWhenTheKlTermNeedsIt()
    {
        var without = RunMemory.Of(Dpo, Gpt2Medium);
        var with = RunMemory.Of(Dpo with { Gamma = 0.06 }, Gpt2Medium);

        Assert.Equal(Gpt2Medium.Parameters * 4, without.Weights);
        Assert.Equal(2 * without.Weights, with.Weights);
        // RMSprop: a gradient and one average a weight
        Assert.Equal(Gpt2Medium.Parameters * 8, without.Optimizer);
    }

    [Fact]
    public void Work_OfALimitedDataset_CountsOnlyTheFirstRecords()
    {
        var all = RunWork.Of(Neurons(null), Facts)!;
        var few = RunWork.Of(Neurons(150), Facts)!;

        Assert.Equal(all.Decoded / 10, few.Decoded, 6);

        static NeuronsParameters Neurons(int? limit) => new()
        {
            Base = Dpo.Model,
            Tuned = Dpo.Model,
            Direction = Dpo.Model,
            Prompts = Dpo.Pairs with { Limit = limit },
        };
    }
}
