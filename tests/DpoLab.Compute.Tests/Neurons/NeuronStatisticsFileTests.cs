using DpoLab.Compute;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Results;
using DpoLab.Tests.Science;
using static TorchSharp.torch;

namespace DpoLab.Tests.Neurons;

public sealed class NeuronStatisticsFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("dpolab-neurons-").FullName;

    [Fact]
    public void Read_WrittenFile_GivesEveryNumberBack()
    {
        using var fixture = ScienceFixtures.Open("mistral");
        var (before, after) = fixture.Statistics();
        var statistics = NeuronStatistics.Of(before, after);
        string path = Path.Combine(folder, "neurons.safetensors");

        NeuronStatisticsFile.Write(path, statistics, new Dictionary<string, string> { ["direction"] = "probe" });
        var read = NeuronStatisticsFile.Read(path);

        Assert.Equivalent(statistics, read, strict: true);
        Assert.Equal(NeuronRanking.ByCosine(statistics), NeuronRanking.ByCosine(read));
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        Assert.Equal("probe", file.Metadata["direction"]);
        Assert.Equal(NeuronGroups.Codes(statistics), file.Load(NeuronArrays.Group).data<byte>().ToArray());
        int[] rank = file.Load(NeuronArrays.ToxicRank).data<int>().ToArray();
        Assert.Equal(0, rank[NeuronRanking.ByCosine(statistics)[0]]);
    }

    [Fact]
    public void Read_AnotherFile_SaysWhatToChoose()
    {
        var error = Assert.Throws<InputException>(() => NeuronStatisticsFile.Read(Repository.Fixture("decoders", "gpt2", "model", "model.safetensors")));

        Assert.Contains("neurons run", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
