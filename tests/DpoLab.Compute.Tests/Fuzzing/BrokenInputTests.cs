using DpoLab.Compute.Data;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Fuzzing;

/// <summary>
/// Broken tokenizers, datasets and classifiers: each is read or refused with a reason, never with a crash or without end.
/// </summary>
[Collection(nameof(Alone))]
public sealed class BrokenInputTests : IDisposable
{
    private readonly TemporaryFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("gpt2-small-vocab")]
    [InlineData("llama2-style")]
    [InlineData("gemma-style")]
    [InlineData("bert-uncased-style")]
    public void TokenizerJson_Broken_ReadOrRefused(string folder)
    {
        byte[] whole = File.ReadAllBytes(Repository.Fixture("folders", folder, "tokenizer.json"));
        Fuzz.Try("tokenizer.json", seed =>
        {
            var mutator = new Mutator(seed);
            scratch.Write("tokenizer.json", seed % 2 == 0 ? mutator.Json(whole) : mutator.Bytes(whole));
            var tokenizer = Tokenizer.Load(scratch.Path);
            tokenizer.Decode(tokenizer.Encode(mutator.Text()));
            return whole.Length;
        });
    }

    [Fact]
    public void TokenizerJson_EmptyPatternToReplace_Refused()
    {
        string whole = File.ReadAllText(Repository.Fixture("folders", "gemma-style", "tokenizer.json"));
        var root = System.Text.Json.Nodes.JsonNode.Parse(whole)!;
        root["normalizer"] = System.Text.Json.Nodes.JsonNode.Parse("""{"type":"Replace","pattern":"","content":"x"}""");
        scratch.Write("tokenizer.json", root.ToJsonString());

        Assert.Contains("pattern", Assert.Throws<InputException>(() => Tokenizer.Load(scratch.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama2-style/tokenizer.model", "tokenizer.model")]
    [InlineData("bert-uncased-style/vocab.txt", "vocab.txt")]
    public void OtherTokenizerFiles_Broken_ReadOrRefused(string source, string name)
    {
        byte[] whole = File.ReadAllBytes(Repository.Fixture(["folders", .. source.Split('/')]));
        Fuzz.Try("other tokenizer files", seed =>
        {
            var mutator = new Mutator(seed);
            scratch.Write(name, mutator.Bytes(whole));
            var tokenizer = Tokenizer.Load(scratch.Path);
            tokenizer.Decode(tokenizer.Encode(mutator.Text()));
            return whole.Length;
        });
    }

    [Fact]
    public void UnigramCharacterMap_Broken_ReadOrRefused()
    {
        byte[] whole = File.ReadAllBytes(Repository.Fixture("classifiers", "deberta", "model", "spm.model"));
        scratch.Write("tokenizer_config.json", """{"tokenizer_class":"DebertaV2Tokenizer"}""");
        Fuzz.Try("unigram", seed =>
        {
            var mutator = new Mutator(seed);
            scratch.Write("spm.model", mutator.Bytes(whole));
            var tokenizer = Tokenizer.Load(scratch.Path);
            tokenizer.Decode(tokenizer.Encode(mutator.Text()));
            return whole.Length;
        });
    }

    [Theory]
    [InlineData("comments.csv", DatasetKind.Comments)]
    [InlineData("pairs.jsonl", DatasetKind.Pairs)]
    [InlineData("challenge-prompts.jsonl", DatasetKind.Prompts)]
    public void Datasets_Broken_ReportedWithAReason(string name, DatasetKind kind)
    {
        byte[] whole = File.ReadAllBytes(Repository.Demo(name))[..10_000];
        Fuzz.Try("dataset", seed =>
        {
            string path = scratch.Write(name, new Mutator(seed).Bytes(whole));
            AssertReport(DatasetInspection.Inspect(new DatasetFile(path), kind, TestContext.Current.CancellationToken));
            return whole.Length;
        });
    }

    [Theory]
    [InlineData("comments.parquet", DatasetKind.Comments)]
    [InlineData("real-toxicity-prompts.parquet", DatasetKind.Continuations)]
    public void Parquet_Broken_ReportedWithAReason(string name, DatasetKind kind)
    {
        byte[] whole = File.ReadAllBytes(Repository.Fixture("datasets", name));
        Fuzz.Try("parquet", seed =>
        {
            byte[] broken = new Mutator(seed).Bytes(whole);
            "PAR1"u8[..Math.Min(4, broken.Length)].CopyTo(broken);
            string path = scratch.Write(name, broken);
            AssertReport(DatasetInspection.Inspect(new DatasetFile(path), kind, TestContext.Current.CancellationToken));
            return whole.Length;
        });
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("deberta")]
    public void ClassifierConfiguration_Broken_LoadedOrRefused(string name)
    {
        string source = Repository.Fixture("classifiers", name, "model");
        scratch.Fill(source);
        byte[] whole = File.ReadAllBytes(Path.Combine(source, "config.json"));
        Fuzz.Try("classifier configuration", seed =>
        {
            var mutator = new Mutator(seed);
            scratch.Write("config.json", seed % 3 > 0 ? mutator.Json(whole) : mutator.Bytes(whole));
            using var classifier = ToxicityClassifier.Load(scratch.Path);
            classifier.Score([mutator.Text()], null, TestContext.Current.CancellationToken);
            return whole.Length;
        });
    }

    private static void AssertReport(DpoLab.Contracts.Hosting.DatasetReport report)
    {
        if (report.Problem is { } problem)
            Assert.False(string.IsNullOrWhiteSpace(problem.Message));
        else
            Assert.True(report.Records > 0);
    }
}
