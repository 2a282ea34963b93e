using System.Text.Json;
using DpoLab.Compute.Directions;
using DpoLab.Contracts.Runs;
using DpoLab.Tests.Science;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Directions;

public sealed class DirectionTests
{
    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void OfEmbeddings_SeedsOfTheReference_GivesItsDirection(string family)
    {
        using var scope = NewDisposeScope();
        using var fixture = new ScienceFixture(family);
        using var model = fixture.LoadBase();
        int[][][] seeds = fixture.Json.GetProperty("embedding_seeds").Deserialize<int[][][]>()!;

        double[] direction = Differences.OfEmbeddings(model, seeds[0], seeds[1]);

        Close.To(fixture.Vector("embedding_difference"), direction, 1e-6, "embedding difference");
    }

    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Of_ValueVectorsNearestTheDirection_GivesTheirSingularVectors(string family)
    {
        using var scope = NewDisposeScope();
        using var fixture = new ScienceFixture(family);
        using var model = fixture.LoadBase();
        JsonElement expected = fixture.Json.GetProperty("svd");

        ValueVectorSvd svd = ValueVectorSvd.Of(model, fixture.Vector("direction"), expected.GetProperty("n").GetInt32(), Protocol.Corrected);

        Assert.Equal(
            expected.GetProperty("neurons").Deserialize<int[]>()!,
            svd.Neurons.Select(n => (n.Layer * model.Configuration.Neurons) + n.Neuron));
        Close.To(expected.GetProperty("singular_values").Deserialize<double[]>()!, svd.SingularValues[..3], 1e-5, "singular value");
        Close.To(fixture.Vector("svd.vectors"), [.. svd.Vectors[..3].SelectMany(v => v)], 1e-5, "singular vector");
    }

    [Theory]
    [MemberData(nameof(ScienceFixture.Families), MemberType = typeof(ScienceFixture))]
    public void Of_LensOfTheDirection_PromotesAndSuppressesTheTokensOfTheReference(string family)
    {
        using var scope = NewDisposeScope();
        using var fixture = new ScienceFixture(family);
        using var model = fixture.LoadBase();
        JsonElement expected = fixture.Json.GetProperty("lens");

        LogitLens lens = LogitLens.Of(model, fixture.Vector("direction"), 10);
        double[] logits = [.. LogitLens.Logits(model, fixture.Load("direction").unsqueeze(0)).to(ScalarType.Float64).view(-1).data<double>()];

        Close.To(fixture.Vector("lens.logits"), logits, 1e-4, "logit");
        Assert.Equal(expected.GetProperty("promoted").Deserialize<int[]>()!, lens.Promoted.Select(t => t.Id));
        Assert.Equal(expected.GetProperty("suppressed").Deserialize<int[]>()!, lens.Suppressed.Select(t => t.Id));
    }

    [Fact]
    public void Read_WrittenDirection_HasTheSameNumbersAndOrigin()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "direction.safetensors");
        var direction = new Direction([0.1, -2, 1e-17], new Dictionary<string, string>(StringComparer.Ordinal) { ["method"] = "probe", ["c"] = "1" });

        DirectionFile.Write(path, direction);
        Direction read = DirectionFile.Read(path, width: 3);

        Assert.Equal(direction.Vector, read.Vector);
        Assert.Equal(direction.Origin, read.Origin);
        Assert.Equal(Math.Sqrt(0.01 + 4), read.Norm, 1e-12);
    }

    [Fact]
    public void Read_DirectionOfAnotherWidth_SaysBothWidths()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "direction.safetensors");
        DirectionFile.Write(path, new Direction([1, 2, 3], new Dictionary<string, string>(StringComparer.Ordinal)));

        var error = Assert.Throws<DirectionException>(() => DirectionFile.Read(path, width: 48));

        Assert.Contains("3 numbers", error.Message, StringComparison.Ordinal);
        Assert.Contains("48", error.Message, StringComparison.Ordinal);
    }
}
