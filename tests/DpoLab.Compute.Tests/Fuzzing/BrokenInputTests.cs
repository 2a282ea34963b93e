using System.Diagnostics;
using DpoLab.Compute.Data;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Fuzzing;

/// <summary>
/// Thousands of broken files: each is read or refused with a reason, never with a crash or without end. DPOLAB_FUZZ says how many cases of
/// each kind; the default takes seconds.
/// </summary>
public sealed class BrokenInputTests : IDisposable
{
    private static readonly TimeSpan LongestCase = TimeSpan.FromSeconds(30);

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
        Try(40, seed =>
        {
            var mutator = new Mutator(seed);
            scratch.Write("tokenizer.json", seed % 2 == 0 ? mutator.Json(whole) : mutator.Bytes(whole));
            var tokenizer = Tokenizer.Load(scratch.Path);
            tokenizer.Decode(tokenizer.Encode(mutator.Text()));
        });
    }

    [Theory]
    [InlineData("llama2-style/tokenizer.model", "tokenizer.model")]
    [InlineData("bert-uncased-style/vocab.txt", "vocab.txt")]
    public void OtherTokenizerFiles_Broken_ReadOrRefused(string source, string name)
    {
        byte[] whole = File.ReadAllBytes(Repository.Fixture(["folders", .. source.Split('/')]));
        Try(100, seed =>
        {
            var mutator = new Mutator(seed);
            scratch.Write(name, mutator.Bytes(whole));
            var tokenizer = Tokenizer.Load(scratch.Path);
            tokenizer.Decode(tokenizer.Encode(mutator.Text()));
        });
    }

    [Fact]
    public void UnigramCharacterMap_Broken_ReadOrRefused()
    {
        byte[] whole = File.ReadAllBytes(Repository.Fixture("classifiers", "deberta", "model", "spm.model"));
        scratch.Write("tokenizer_config.json", """{"tokenizer_class":"DebertaV2Tokenizer"}""");
        Try(60, seed =>
        {
            var mutator = new Mutator(seed);
            scratch.Write("spm.model", mutator.Bytes(whole));
            var tokenizer = Tokenizer.Load(scratch.Path);
            tokenizer.Decode(tokenizer.Encode(mutator.Text()));
        });
    }

    [Theory]
    [InlineData("comments.csv", DatasetKind.Comments)]
    [InlineData("pairs.jsonl", DatasetKind.Pairs)]
    [InlineData("challenge-prompts.jsonl", DatasetKind.Prompts)]
    public void Datasets_Broken_ReportedWithAReason(string name, DatasetKind kind)
    {
        byte[] whole = File.ReadAllBytes(Repository.Demo(name))[..10_000];
        Try(200, seed =>
        {
            string path = scratch.Write(seed + name, new Mutator(seed).Bytes(whole));
            AssertReport(DatasetInspection.Inspect(new DatasetFile(path), kind, TestContext.Current.CancellationToken));
        });
    }

    [Theory]
    [InlineData("comments.parquet", DatasetKind.Comments)]
    [InlineData("real-toxicity-prompts.parquet", DatasetKind.Continuations)]
    public void Parquet_Broken_ReportedWithAReason(string name, DatasetKind kind)
    {
        byte[] whole = File.ReadAllBytes(Repository.Fixture("datasets", name));
        Try(100, seed =>
        {
            byte[] broken = new Mutator(seed).Bytes(whole);
            "PAR1"u8[..Math.Min(4, broken.Length)].CopyTo(broken);
            string path = scratch.Write(seed + name, broken);
            AssertReport(DatasetInspection.Inspect(new DatasetFile(path), kind, TestContext.Current.CancellationToken));
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
        Try(100, seed =>
        {
            var mutator = new Mutator(seed);
            scratch.Write("config.json", seed % 3 > 0 ? mutator.Json(whole) : mutator.Bytes(whole));
            using var classifier = ToxicityClassifier.Load(scratch.Path);
            classifier.Score([mutator.Text()], null, TestContext.Current.CancellationToken);
        });
    }

    private static void AssertReport(DpoLab.Contracts.Hosting.DatasetReport report)
    {
        if (report.Problem is { } problem)
            Assert.False(string.IsNullOrWhiteSpace(problem.Message));
        else
            Assert.True(report.Records > 0);
    }

    private static void Try(int cases, Action<int> read)
    {
        cases = Mutator.Cases(cases);
        for (int seed = 0; seed < cases; seed++)
        {
            var clock = Stopwatch.StartNew();
            try
            {
                read(seed);
            }
            catch (InputException e)
            {
                Assert.False(string.IsNullOrWhiteSpace(e.Message));
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"case {seed}: {e}");
            }

            Assert.True(clock.Elapsed < LongestCase, $"case {seed} took {clock.Elapsed}");
        }
    }
}
