using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Directions;

/// <summary>The reference values of <c>tests/fixtures/science/&lt;family&gt;</c>.</summary>
internal sealed class ScienceFixture : IDisposable
{
    private readonly SafetensorsFile tensors;
    private readonly JsonDocument expected;

    public ScienceFixture(string family)
    {
        Family = family;
        tensors = SafetensorsFile.Open(Repository.Fixture("science", family, "expected.safetensors"));
        expected = JsonDocument.Parse(File.ReadAllText(Repository.Fixture("science", family, "expected.json")));
    }

    public string Family { get; }

    public JsonElement Root => expected.RootElement;

    public JsonElement Probe => Root.GetProperty("probe");

    public int[][] Texts => Probe.GetProperty("texts").Deserialize<int[][]>()!;

    public bool[] Labels => [.. Probe.GetProperty("labels").Deserialize<int[]>()!.Select(y => y == 1)];

    public Decoder Model() => Decoder.Load(Repository.Fixture("decoders", Family, "model"), CPU, ScalarType.Float32);

    public Tensor Tensor(string name) => tensors.Load(name);

    public double[] Vector(string name) => [.. tensors.Load(name, type: ScalarType.Float64).view(-1).data<double>()];

    public void Dispose()
    {
        tensors.Dispose();
        expected.Dispose();
    }
}

internal static class Close
{
    /// <summary>Every entry within <paramref name="tolerance"/>·max(1, |expected|).</summary>
    public static void To(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])),
                $"{what}[{i}]: expected {expected[i]:r}, got {actual[i]:r}");
        }
    }
}
