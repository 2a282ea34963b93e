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
        new NeuronMeasurementOptions { NewTokens = fixture.NewTokens, BatchSize = batchSize, EndOfText = [fixture.EndOfText], Protocol = protocol },
        cancellationToken: TestContext.Current.CancellationToken);
}
