using System.Text;
using System.Text.Json.Nodes;
using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Training;
using DpoLab.Tests;
using static TorchSharp.torch;
using Decoder = DpoLab.Compute.Models.Decoder;

namespace DpoLab.Compute.Tests.Fuzzing;

/// <summary>Broken configurations, weights, indexes and adapters: each is read or refused with a reason, never with a crash or without end.</summary>
[Collection(nameof(Alone))]
public sealed class BrokenModelTests : IDisposable
{
    private static readonly string[] Numbers =
        ["0", "-1", "1", "3", "7", "64", "1e300", "1e-300", "0.5", "2147483647", "99999999999", "\"8\"", "null", "[1]", "true", "{}"];

    private static readonly string[] Elsewhere =
        ["../secret.safetensors", "../../secret.safetensors", "/etc/passwd", "a/../../secret.safetensors", "..\\secret.safetensors", "..", "", "\0.safetensors", "b.safetensors"];

    private readonly TemporaryFolder scratch = new();

    public static TheoryData<string> Families => ["gpt2", "llama31", "llama-tied", "mistral", "gemma2"];

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Plan_AllOfThem_IsAMillion() => Assert.True(Fuzz.Plan.Values.Sum(kind => (long)kind.All * kind.Sources) >= 1_000_000);

    [Theory]
    [MemberData(nameof(Families))]
    public void Configuration_Broken_DescribedOrRefused(string family)
    {
        foreach (string dialect in new[] { "model/config.json", "config.v4.json" })
        {
            byte[] whole = File.ReadAllBytes(Repository.Fixture(["decoders", family, .. dialect.Split('/')]));
            Fuzz.Try("configuration", seed =>
            {
                byte[] broken = Broken(whole, seed);
                scratch.Write("config.json", broken);
                Assert.True(Decoder.Describe(scratch.Path).Layers > 0);
                return broken.Length;
            });
        }
    }

    /// <summary>What passes as a configuration must also be computed with: a wrong shape must not get as far as libtorch, where it can end the process.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Configuration_Broken_ComputedWithOrRefused(string family)
    {
        string source = Repository.Fixture("decoders", family, "model");
        byte[] whole = File.ReadAllBytes(Path.Combine(source, "config.json"));
        long weights = Directory.EnumerateFiles(source).Sum(file => new FileInfo(file).Length);
        scratch.Fill(source);
        Fuzz.Try("configuration, computed with", seed =>
        {
            scratch.Write("config.json", OneNumber(whole, new Mutator(seed)));
            using var scope = NewDisposeScope();
            using var none = no_grad();
            using var decoder = Decoder.Load(scratch.Path, CPU, ScalarType.Float32);
            decoder.Forward(ones([1, Math.Min(4, decoder.Configuration.ContextLength)], ScalarType.Int64));
            return weights;
        });
    }

    [Fact]
    public void Safetensors_Broken_ReadOrRefused()
    {
        string good = scratch.File("good.safetensors");
        using (NewDisposeScope())
        {
            SafetensorsFile.Write(good, new Dictionary<string, Tensor>(StringComparer.Ordinal)
            {
                ["a"] = zeros(3, 4),
                ["b"] = zeros([2], ScalarType.BFloat16),
                ["c"] = zeros([1], ScalarType.Int64),
                ["d"] = zeros(0, 5),
            });
        }

        byte[] whole = File.ReadAllBytes(good);
        Fuzz.Try("safetensors", seed =>
        {
            byte[] broken = seed % 2 == 0 ? new Mutator(seed).Bytes(whole) : BrokenHeader(whole, new Mutator(seed));
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(scratch.Write("broken.safetensors", broken));
            foreach (string name in file.Names)
                file.Load(name).sum().Dispose();
            return broken.Length;
        });
    }

    [Fact]
    public void Index_Broken_NeverReadsElsewhere()
    {
        using (NewDisposeScope())
        {
            SafetensorsFile.Write(scratch.File("secret.safetensors"), new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["secret"] = zeros(1) });
            Directory.CreateDirectory(scratch.File("model"));
            foreach (string shard in new[] { "a", "b" })
                SafetensorsFile.Write(scratch.File("model", shard + ".safetensors"), new Dictionary<string, Tensor>(StringComparer.Ordinal) { [shard] = zeros(1) });
        }

        byte[] whole = """{"metadata":{"total_size":8},"weight_map":{"a":"a.safetensors","b":"b.safetensors"}}"""u8.ToArray();
        Fuzz.Try("index", seed =>
        {
            var mutator = new Mutator(seed);
            byte[] broken = seed % 3 == 0 ? Redirected(whole, mutator) : Broken(whole, seed);
            scratch.Write("model/model.safetensors.index.json", broken);
            using var files = CheckpointFolder.Open(scratch.File("model"));
            Assert.DoesNotContain("secret", files.Names);
            return broken.Length;
        });
    }

    [Theory]
    [InlineData("gpt2-lora", "gpt2")]
    [InlineData("llama31-lora", "llama31")]
    public void Adapter_Broken_LoadedOrRefused(string adapter, string family)
    {
        string source = Repository.Fixture("dpo", adapter, "adapter_final");
        byte[] config = File.ReadAllBytes(Path.Combine(source, "adapter_config.json")), weights = File.ReadAllBytes(Path.Combine(source, "adapter_model.safetensors"));
        scratch.Fill(source);
        using var decoder = Decoder.Load(Repository.Fixture("decoders", family, "model"), CPU, ScalarType.Float32);
        Fuzz.Try("adapter", seed =>
        {
            var mutator = new Mutator(seed);
            bool inConfig = seed % 3 > 0;
            scratch.Write("adapter_config.json", !inConfig ? config : seed % 3 == 1 ? Broken(config, seed) : OneNumber(config, mutator));
            scratch.Write("adapter_model.safetensors", inConfig ? weights : BrokenHeader(weights, mutator));
            using var scope = NewDisposeScope();
            using var none = no_grad();
            using var adapters = LoraFolder.Load(decoder, scratch.Path);
            decoder.Forward(tensor(new long[] { 1, 2, 3 }).unsqueeze(0));
            return config.Length + weights.Length;
        });
        Assert.All(decoder.Projections.Values, projection => Assert.Null(projection.Adapter));
    }

    private static byte[] Broken(byte[] json, int seed)
    {
        var mutator = new Mutator(seed);
        return (seed % 4) switch
        {
            0 => mutator.Bytes(json),
            1 => mutator.Json(json),
            _ => OneNumber(json, mutator),
        };
    }

    /// <summary>One value of the outermost object replaced by a number or something like one.</summary>
    private static byte[] OneNumber(byte[] json, Mutator mutator)
    {
        var root = JsonNode.Parse(json)!.AsObject();
        root[mutator.OneOf(root.Select(pair => pair.Key).ToList())] = JsonNode.Parse(mutator.OneOf(Numbers));
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>The file with its header's JSON changed and its length told truly, so that the reader gets past both.</summary>
    private static byte[] BrokenHeader(byte[] file, Mutator mutator)
    {
        int length = (int)BitConverter.ToUInt64(file);
        byte[] header = mutator.Json(file[8..(8 + length)]);
        return [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. file[(8 + length)..]];
    }

    private static byte[] Redirected(byte[] index, Mutator mutator)
    {
        var root = JsonNode.Parse(index)!;
        root["weight_map"]![mutator.OneOf(["a", "b", "secret"])] = mutator.OneOf(Elsewhere);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }
}
