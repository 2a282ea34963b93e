using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Verification;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;

namespace DpoLab.Tests.Neurons;

public sealed class NeuronMeasurementTests
{
    [Theory]
    [InlineData(Protocol.Corrected)]
    [InlineData(Protocol.Published)]
    public void Of_OtherBatchSizes_GivesTheSameStatistics(Protocol protocol)
    {
        using var fixture = ScienceFixtures.Open("gemma2");
        using var decoder = fixture.LoadBase();

        var wide = Measure(fixture, decoder, protocol, batchSize: 64);
        var narrow = Measure(fixture, decoder, protocol, batchSize: 5);

        Assert.Equal(wide.Continuations, narrow.Continuations);
        Close.To(wide.Statistics.Activation, narrow.Statistics.Activation);
        Close.To(wide.Statistics.Projection, narrow.Statistics.Projection);
    }

    [Theory]
    [InlineData("gpt2", Protocol.Corrected)]
    [InlineData("gemma2", Protocol.Corrected)]
    [InlineData("llama31", Protocol.Published)]
    public void OfTexts_TheModelsOwnAnswers_GivesTheStatisticsOfTheGeneration(string family, Protocol protocol)
    {
        using var fixture = ScienceFixtures.Open(family);
        using var decoder = fixture.LoadBase();
        var own = Measure(fixture, decoder, protocol);

        var forced = NeuronMeasurement.OfTexts(
            decoder, fixture.Prompts, own.Continuations, fixture.Vector("direction"), Options(fixture, protocol, batchSize: 7), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(own.Statistics.Tokens, forced.Tokens);
        Close.To(own.Statistics.Activation, forced.Activation);
        Close.To(own.Statistics.Variance, forced.Variance);
        Close.To(own.Statistics.Projection, forced.Projection);
        Assert.Equal(0, decoder.Hooks.Count);
    }

    [Fact]
    public void OfTexts_ContinuationsOfDifferentLength_CountsTheirTokensAlone()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();
        int[][] prompts = [[5, 6, 7], [8], [9, 10]];
        int[][] continuations = [[1, 2], [3, 4, 5, 6], []];

        var together = Forced(prompts, continuations);
        var one = Forced(prompts[..1], continuations[..1]);
        var other = Forced(prompts[1..2], continuations[1..2]);

        Assert.Equal(6, together.Tokens);
        Close.To([.. one.Activation.Zip(other.Activation, (a, b) => ((2 * a) + (4 * b)) / 6)], together.Activation);

        ModelStatistics Forced(int[][] asked, int[][] said) => NeuronMeasurement.OfTexts(
            decoder, asked, said, fixture.Vector("direction"), Options(fixture, Protocol.Corrected, 64), cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Of_HookThatBreaksTheOutput_IsNoticedByTheInvariant()
    {
        using var fixture = ScienceFixtures.Open("llama31");
        using var decoder = fixture.LoadBase();
        using var breaks = decoder.Hooks.Add(HookPoint.MlpRaw, 1, (value, _) => value * 1.01);

        var error = Assert.Throws<InvalidOperationException>(() => Measure(fixture, decoder, Protocol.Corrected));

        Assert.Contains("Layer 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, decoder.Hooks.Count);
    }

    [Fact]
    public void Of_ManyBatches_LeavesNoTensorBehind()
    {
        using var fixture = ScienceFixtures.Open("gpt2");
        using var decoder = fixture.LoadBase();
        Measure(fixture, decoder, Protocol.Corrected);
        long before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Measure(fixture, decoder, Protocol.Corrected, batchSize: 3);

        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static NeuronMeasurement Measure(ScienceCase fixture, Decoder decoder, Protocol protocol, int batchSize = 64) => NeuronMeasurement.Of(
        decoder,
        fixture.Prompts,
        fixture.Vector("direction"),
        Options(fixture, protocol, batchSize),
        cancellationToken: TestContext.Current.CancellationToken);

    private static NeuronMeasurementOptions Options(ScienceCase fixture, Protocol protocol, int batchSize) =>
        new() { NewTokens = fixture.NewTokens, BatchSize = batchSize, EndOfText = [fixture.EndOfText], Protocol = protocol };
}
