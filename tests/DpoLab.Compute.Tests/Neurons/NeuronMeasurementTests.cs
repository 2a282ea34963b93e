using System.Text.Json;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;

namespace DpoLab.Tests.Neurons;

public sealed class NeuronMeasurementTests
{
    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Of_ReferencePrompts_GivesReferenceStatistics(string family)
    {
        using var fixture = new ScienceFixture(family);
        foreach (bool tuned in (bool[])[false, true])
        {
            using var decoder = tuned ? fixture.LoadTuned() : fixture.LoadBase();
            string name = tuned ? "tuned" : "base";

            var measured = Measure(fixture, decoder, Protocol.Corrected);

            var expected = fixture.Json.GetProperty("statistics");
            Assert.Equal(expected.GetProperty($"{name}_tokens").GetInt64(), measured.Statistics.Tokens);
            int[][] generated = expected.GetProperty($"{name}_generated").Deserialize<int[][]>()!;
            Assert.Equal(generated, measured.Continuations);
            Close.To(fixture.Vector($"{name}.mean"), measured.Statistics.Activation, what: "mean");
            Close.To(fixture.Vector($"{name}.variance"), measured.Statistics.Variance, what: "variance");
            Close.To(fixture.Vector($"{name}.cosine"), measured.Statistics.Cosine, what: "cosine");
            Close.To(fixture.Vector($"{name}.projection"), measured.Statistics.Projection, what: "projection");
            Close.To(fixture.Vector($"{name}.mlp_projection"), measured.Statistics.MlpProjection, what: "MLP projection");
            Assert.InRange(measured.Statistics.ProjectionCheck, 0, 1e-5);
            Assert.Equal(0, decoder.Hooks.Count);
        }
    }

    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Of_PublishedProtocol_GivesReferenceStatistics(string family)
    {
        using var fixture = new ScienceFixture(family);
        foreach (bool tuned in (bool[])[false, true])
        {
            using var decoder = tuned ? fixture.LoadTuned() : fixture.LoadBase();
            string name = tuned ? "published.tuned" : "published.base";

            var measured = Measure(fixture, decoder, Protocol.Published);

            Assert.Equal(fixture.Prompts.Count * fixture.NewTokens, measured.Statistics.Tokens);
            Close.To(fixture.Vector($"{name}.mean"), measured.Statistics.Activation, what: "mean");
            Close.To(fixture.Vector($"{name}.cosine"), measured.Statistics.Cosine, what: "cosine");
            Close.To(fixture.Vector($"{name}.projection"), measured.Statistics.Projection, what: "projection");
        }
    }

    [Theory]
    [InlineData(Protocol.Corrected)]
    [InlineData(Protocol.Published)]
    public void Of_OtherBatchSizes_GivesTheSameStatistics(Protocol protocol)
    {
        using var fixture = new ScienceFixture("gemma2");
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
        using var fixture = new ScienceFixture("llama31");
        using var decoder = fixture.LoadBase();
        using var breaks = decoder.Hooks.Add(HookPoint.MlpRaw, 1, (value, _) => value * 1.01);

        var error = Assert.Throws<InvalidOperationException>(() => Measure(fixture, decoder, Protocol.Corrected));

        Assert.Contains("Layer 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, decoder.Hooks.Count);
    }

    [Fact]
    public void Of_ManyBatches_LeavesNoTensorBehind()
    {
        using var fixture = new ScienceFixture("gpt2");
        using var decoder = fixture.LoadBase();
        Measure(fixture, decoder, Protocol.Corrected);
        long before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Measure(fixture, decoder, Protocol.Corrected, batchSize: 3);

        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static NeuronMeasurement Measure(ScienceFixture fixture, Decoder decoder, Protocol protocol, int batchSize = 64) => NeuronMeasurement.Of(
        decoder,
        fixture.Prompts,
        fixture.Vector("direction"),
        new NeuronMeasurementOptions { NewTokens = fixture.NewTokens, BatchSize = batchSize, EndOfText = [fixture.EndOfText], Protocol = protocol },
        cancellationToken: TestContext.Current.CancellationToken);
}
