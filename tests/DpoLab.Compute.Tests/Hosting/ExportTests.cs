using System.Formats.Tar;
using System.Text.Json;
using DpoLab.Compute.Checkpoints;
using DpoLab.Contracts.Hosting;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>Exports on the real service.</summary>
public sealed class ExportTests : IDisposable
{
    private static readonly ListSelection SomeNeurons = new([new NeuronIndex(0, 1), new NeuronIndex(3, 9), new NeuronIndex(5, 700)]);
    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static IReadOnlyList<string> Words { get; } = ["abc def", "hello there"];

    private string Exported => data.Combine("runs", "r-export", "artifacts", Artifacts.Exported);

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Export_NothingWrittenIn_KeepsEveryWeightBitForBit()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);

        var result = await SucceedAsync(service, new ExportParameters { Model = Specs.Model });

        Assert.Equal((0, 0, 1), (result.Check.LargestDifference, result.Check.LogitChange, result.Check.SameTopToken));
        AssertSameWeights(Repository.Demo("base-model"), Exported);
        string source = await File.ReadAllTextAsync(Repository.Demo("base-model", "tokenizer.json"), Stop);
        Assert.Equal(source, await File.ReadAllTextAsync(Path.Combine(Exported, "tokenizer.json"), Stop));
        Assert.Contains(result.ModelDigest, await File.ReadAllTextAsync(Path.Combine(Exported, "README.md"), Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_Ablation_ChangesItsRowsAloneAndAgreesWithTheLiveModel()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);

        var result = await SucceedAsync(service, new ExportParameters { Model = Specs.Model, Intervention = new ScaleIntervention { Factor = 0, Neurons = SomeNeurons }, Format = StoredFormat.Fp32 });

        Assert.InRange(result.Check.LargestDifference, 0, result.Check.Bound);
        Assert.True(result.Check.LogitChange > 0);
        Assert.Equal(3, result.Neurons);
        using var scope = NewDisposeScope();
        using var before = CheckpointFolder.Open(Repository.Demo("base-model"));
        using var after = CheckpointFolder.Open(Exported);
        Assert.Equal("F32", after.Entry(after.Names.First()).StoredType);
        var names = before.Names.Where(name => !(before.Load(name).to(ScalarType.Float32) == after.Load(name)).all().item<bool>()).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, names.Count);
        Assert.All(names, name => Assert.Matches(@"h\.[035]\.mlp\.c_proj\.weight$", name));
        Assert.Equal(0, after.Load(names[^1])[700].abs().max().item<float>());
        Assert.Contains("\"type\": \"scale\"", await File.ReadAllTextAsync(Path.Combine(Exported, "README.md"), Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_SmallShards_WritesAnIndexThatTheFolderIsReadBy()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);

        var result = await SucceedAsync(service, new ExportParameters { Model = Specs.Model, ShardMegabytes = 2 });

        Assert.InRange(result.Shards, 2, 10);
        Assert.False(File.Exists(Path.Combine(Exported, CheckpointFolder.SingleFile)));
        using var index = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Exported, CheckpointFolder.IndexFile), Stop));
        Assert.Equal(result.WeightBytes, index.RootElement.GetProperty("metadata").GetProperty("total_size").GetInt64());
        AssertSameWeights(Repository.Demo("base-model"), Exported);
    }

    [Theory]
    [InlineData("gpt2-lora", "gpt2")]
    [InlineData("llama31-lora", "llama31")]
    public async Task Export_Adapter_IsMergedAsPeftMergesIt(string fixture, string family)
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        string folder = WithTokenizer(Repository.Fixture("decoders", family, "model"), family);

        var result = await SucceedAsync(service, new ExportParameters
        {
            Model = InputRef.OfPath(folder),
            Adapter = InputRef.OfPath(Repository.Fixture("dpo", fixture, "adapter_final")),
            Texts = Words,
        });

        Assert.True(result.Merged);
        Assert.True(result.Check.LogitChange > 0);
        using var scope = NewDisposeScope();
        using var pefts = SafetensorsFile.Open(Repository.Fixture("dpo", fixture, "merged.safetensors"));
        using var ours = CheckpointFolder.Open(Exported);
        Assert.All(pefts.Names, name => Assert.InRange((pefts.Load(name) - ours.Load(name)).abs().max().item<float>(), 0, 1e-6f));
    }

    [Theory]
    [InlineData("gpt2", true)]
    [InlineData("llama31", false)]
    public async Task Export_Steering_NeedsABiasOnTheMlpsOutput(string family, bool possible)
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        string folder = WithTokenizer(Repository.Fixture("decoders", family, "model"), family);
        await SucceedAsync<DirectionResult>(service, Specs.Of("r-direction", new DirectionParameters { Model = InputRef.OfPath(folder), Method = DirectionMethod.EmbeddingDifference, ToxicWords = ["a"], FriendlyWords = ["b"] }));

        await service.SubmitAsync(Specs.Of("r-export", new ExportParameters
        {
            Model = InputRef.OfPath(folder),
            Intervention = new SteerIntervention { Strength = 1, Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction) },
            Texts = Words,
        }), 1, Stop);
        var end = (FinishedEvent)(await service.FollowAsync("r-export", 0, Stop))[^1];

        Assert.Equal(possible ? RunOutcome.Succeeded : RunOutcome.Failed, end.Outcome);
        if (!possible)
            Assert.Contains("has no bias on the MLP's output", end.Reason, StringComparison.Ordinal);
        Assert.Equal(possible, Directory.Exists(Exported));
    }

    [Fact]
    public async Task Dpo_WithLora_WritesAnAdapterAsPeftDoesAndExportMergesIt()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await SucceedAsync<DpoResult>(service, Specs.Of("r-dpo", Specs.DpoParameters(steps: 6) with { Lora = new LoraOptions(Rank: 4, Alpha: 8), LearningRate = 1e-3, WarmupSteps = 1 }));

        var result = await SucceedAsync(service, new ExportParameters { Model = Specs.Model, Adapter = InputRef.OfArtifact("r-dpo", Artifacts.LastAdapter), Format = StoredFormat.Fp32 });

        string adapter = data.Combine("runs", "r-dpo", "artifacts", Artifacts.LastAdapter);
        using var ours = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(adapter, "adapter_config.json"), Stop));
        using var pefts = JsonDocument.Parse(await File.ReadAllBytesAsync(Repository.Fixture("dpo", "gpt2-lora", "adapter_final", "adapter_config.json"), Stop));
        Assert.All(ours.RootElement.EnumerateObject(), field => Assert.Equal(pefts.RootElement.GetProperty(field.Name).ValueKind, field.Value.ValueKind));
        Assert.True(result.Check.LogitChange > 0);
        using var scope = NewDisposeScope();
        using var merged = CheckpointFolder.Open(data.Combine("runs", "r-dpo", "artifacts", Artifacts.LastModel)); // what the training itself has merged
        using var exported = CheckpointFolder.Open(Exported);
        Assert.All(merged.Names, name => Assert.True((merged.Load(name) == exported.Load(name)).all().item<bool>(), name));
    }

    [Fact]
    public async Task Folder_OfAnExport_ComesAsATarThatUnpacksToTheSameFiles()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await SucceedAsync(service, new ExportParameters { Model = Specs.Model });
        using var unpacked = new TemporaryFolder();

        await using (var stream = await service.Http.GetStreamAsync(new Uri(ComputeEndpoints.RunFolder("r-export", Artifacts.Exported), UriKind.Relative), Stop))
            await TarFile.ExtractToDirectoryAsync(stream, unpacked.Path, overwriteFiles: false, Stop);
        var outside = await service.Http.GetAsync(new Uri("/runs/r-export/folders/..%2F..", UriKind.Relative), Stop);

        Assert.Equal(System.Net.HttpStatusCode.NotFound, outside.StatusCode);
        foreach (string file in Directory.GetFiles(Exported))
            Assert.Equal(await File.ReadAllBytesAsync(file, Stop), await File.ReadAllBytesAsync(unpacked.Combine(Artifacts.Exported, Path.GetFileName(file)), Stop));
    }

    private static void AssertSameWeights(string one, string other)
    {
        using var scope = NewDisposeScope();
        using var before = CheckpointFolder.Open(one);
        using var after = CheckpointFolder.Open(other);
        Assert.Equal(before.Names.Order(StringComparer.Ordinal), after.Names.Order(StringComparer.Ordinal));
        Assert.All(before.Names, name => Assert.True(before.Load(name).Equals(after.Load(name)), name));
    }

    /// <summary>The tiny models have no tokenizer: one of as many tokens is put beside a copy.</summary>
    private string WithTokenizer(string model, string name)
    {
        string folder = data.Combine("with-tokenizer-" + name);
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(model))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var vocabulary = Enumerable.Range(0, 26).ToDictionary(i => ((char)('a' + i)).ToString(), i => i);
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(vocabulary));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n");
        return folder;
    }

    private static Task<ExportResult> SucceedAsync(ServiceProcess service, ExportParameters parameters) => SucceedAsync<ExportResult>(service, Specs.Of("r-export", parameters));

    private static async Task<TResult> SucceedAsync<TResult>(ServiceProcess service, RunSpec spec)
        where TResult : RunResult
    {
        await service.SubmitAsync(spec, 1, Stop);
        var end = (FinishedEvent)(await service.FollowAsync(spec.Id, 0, Stop))[^1];
        Assert.True(end.Outcome is RunOutcome.Succeeded, end.Reason);
        return Assert.IsType<TResult>(end.Result);
    }
}
