using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Models;

/// <summary>A folder of <c>tests/fixtures/decoders</c>: a tiny model and what transformers computed with it.</summary>
internal sealed class DecoderFixture : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly SafetensorsFile expected;

    public DecoderFixture(string family, ScalarType precision = ScalarType.Float32)
    {
        // The reference values in bfloat16 come from model.to(torch.bfloat16), which rounds the rotary frequencies too.
        Decoder = Decoder.Load(ModelFolder(family), CPU, precision, roundFrequencies: precision == ScalarType.BFloat16);
        expected = SafetensorsFile.Open(Repository.Fixture("decoders", family, "expected.safetensors"));
    }

    public static TheoryData<string> Families => ["gpt2", "llama31", "llama-tied", "mistral", "gemma2"];

    public Decoder Decoder { get; }

    public static string ModelFolder(string family) => Repository.Fixture("decoders", family, "model");

    /// <summary>A tensor of <c>expected.safetensors</c>.</summary>
    public Tensor Expected(string name) => expected.Load(name);

    /// <summary>The largest difference over real positions.</summary>
    public static double Difference(Tensor actual, Tensor expected, Tensor mask)
    {
        using var _ = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var difference = (actual.to(ScalarType.Float32) - expected).abs();
        Assert.False(difference.isnan().any().item<bool>());
        return (difference * mask.unsqueeze(-1)).max().item<float>();
    }

    public void Dispose()
    {
        Decoder.Dispose();
        expected.Dispose();
        scope.Dispose();
    }
}
