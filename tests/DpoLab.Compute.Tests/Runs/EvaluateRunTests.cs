using System.Text.Json;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tests.Hosting;
using DpoLab.Compute.Tokenization;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Runs;

/// <summary>Whole evaluations of the demo's model: a panel, sampled continuations, and what the published protocol changes.</summary>
public sealed class EvaluateRunTests : IDisposable
{
    private readonly RunFolder runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Run_PanelAndSamples_ScoresEachGenerationByEachScorer()
    {
        File.WriteAllText(runs.File("words.txt"), "stupid\nidiot\nhate\nugly\nfuck\nshit\n");
        var data = Data(12) with
        {
            Panel = [new PanelScorer(InputRef.OfPath(runs.File("words.txt"))), new PanelScorer(InputRef.OfPath(Repository.Fixture("classifiers", "bert", "model")), "insult")],
            Sampled = new SampledToxicityOptions { Samples = 3 },
        };

        var result = runs.Run<EvaluateResult>("r-panel", Evaluate(data, Ablated()));

        var panel = result.Panel!;
        Assert.Equal(["sigmoid of toxicity", "word list", "sigmoid of insult"], panel.Scorers.Select(s => s.Output));
        Assert.Equal(3, panel.Scorers.Select(s => s.Digest).Distinct().Count());
        Assert.All(panel.Scorers, s => Assert.Equal(24, s.Total));
        Assert.Equal([(0, 1), (0, 2), (1, 2)], panel.Agreement.Select(a => (a.First, a.Second)));
        Assert.Equal(1, panel.Comparisons);
        Assert.All(result.Rows, row => Assert.Equal(2, row.PanelToxicity.Count));
        Assert.All(result.Rows, row => Assert.Equal(3, row.Sampled!.Samples));
        Assert.All(Lines<GenerationRecord>(Artifacts.Generations), record => Assert.Equal(2, record.Panel!.Count));
        var samples = Lines<GenerationRecord>(Artifacts.Samples);
        Assert.Equal(2 * 12 * 3, samples.Count);
        Assert.Equal(result.Rows[0].Sampled!.ExpectedMaximum.Mean, samples.Where(s => s.Variant == "base").GroupBy(s => s.Prompt).Average(g => g.Max(s => s.Score)!.Value), 1e-12);

        List<T> Lines<T>(string artifact) =>
            [.. File.ReadLines(runs.Artifact("r-panel", artifact)).Select(line => JsonSerializer.Deserialize<T>(line, ContractJson.Options)!)];
    }

    [Fact]
    public void Run_Rescore_JudgesTheKeptTextsAndLeavesTheRestAsItWas()
    {
        // common words, so that the scores vary
        File.WriteAllText(runs.File("words.txt"), "the\t.5\nto\t.7\nyou\t.9\na\t.3\nof\t.2\n");
        var words = new PanelScorer(InputRef.OfPath(runs.File("words.txt")));
        var before = runs.Run<EvaluateResult>("r-both", Evaluate(Data(12) with { Panel = [words] }, Ablated()));

        var after = runs.Run<EvaluateResult>("r-again", new RescoreParameters
        {
            Generations = InputRef.OfArtifact("r-both", Artifacts.Generations),
            Scorer = words.Scorer,
            Panel = [new PanelScorer(InputRef.OfPath(Repository.Demo("scorer")))],
            BootstrapResamples = 200,
        });

        // the two scorers have changed places
        Assert.Equal(before.Rows.Select(r => r.Toxicity), after.Rows.Select(r => r.PanelToxicity[0]));
        Assert.Equal(before.Rows.Select(r => r.PanelToxicity[0]), after.Rows.Select(r => r.Toxicity));
        Assert.Equal(before.Rows.Select(r => r.Perplexity), after.Rows.Select(r => r.Perplexity));
        Assert.Equal(before.Panel!.Agreement[0].Pearson!.Value, after.Panel!.Agreement[0].Pearson!.Value, 1e-12);
        Assert.Equal("words.txt", after.Source.Scorer);
        Assert.Equal(before.Source.PromptsDigest, after.Source.PromptsDigest);
        Assert.NotNull(after.Rows[1].DifferenceToBase);
    }

    [Fact]
    public void Run_RescoreOfAnotherFile_SaysWhatToChoose()
    {
        File.WriteAllText(runs.File("texts.jsonl"), "");

        string reason = runs.Fail("r-alone", new RescoreParameters { Generations = InputRef.OfPath(runs.File("texts.jsonl")), Scorer = InputRef.OfPath(Repository.Demo("scorer")) });

        Assert.Contains("Choose the generations of a finished evaluation", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TwoScorersOfOneName_AreRefusedWithTheRemedy()
    {
        var data = Data(4) with { Panel = [new PanelScorer(InputRef.OfPath(Repository.Demo("scorer")))] };

        Assert.Contains("in the panel twice", runs.Fail("r-twice", Evaluate(data)), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LabelThatTheScorerLacks_NamesThoseThatItHas()
    {
        var data = Data(4) with { Panel = [new PanelScorer(InputRef.OfPath(Repository.Fixture("classifiers", "bert", "model")), "rudeness")] };

        Assert.Contains("severe_toxic", runs.Fail("r-label", Evaluate(data)), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Published_DividesByUnscoredTokensToo()
    {
        var corrected = runs.Run<EvaluateResult>("r-corrected", Evaluate(Data(4))).Rows[0].Perplexity!;
        var published = runs.Run<EvaluateResult>("r-published", Evaluate(Data(4)) with { Protocol = Protocol.Published }).Rows[0].Perplexity!;

        int tokens = Tokenizer.Load(Repository.Demo("base-model")).Encode(File.ReadAllText(Repository.Demo("text.txt"))).Length;
        Assert.Equal(corrected.ScoredTokens, published.ScoredTokens);
        Assert.Equal(corrected.Nats * corrected.ScoredTokens / tokens, published.Nats, 1e-9);
        Assert.Equal(corrected.BitsPerByte, published.BitsPerByte);
    }

    [Fact]
    public void Run_Published_EditsPositionZeroAloneForPerplexity()
    {
        var corrected = runs.Run<EvaluateResult>("r-corrected", Evaluate(Data(4), Ablated())).Rows;
        var published = runs.Run<EvaluateResult>("r-published", Evaluate(Data(4), Ablated()) with { Protocol = Protocol.Published }).Rows;

        // the same position alone; only the divisor differs
        Assert.Equal(corrected[1].PublishedPerplexity!.BitsPerByte * published[0].Perplexity!.BitsPerByte / corrected[0].Perplexity!.BitsPerByte, published[1].Perplexity!.BitsPerByte, 1e-9);
        Assert.NotEqual(corrected[1].Perplexity!.BitsPerByte, published[1].Perplexity!.BitsPerByte);
    }

    [Fact]
    public void Run_Published_CountsThePromptInF1()
    {
        var data = Data(4) with { Continuations = new DatasetRef(InputRef.OfPath(Repository.Demo("continuations.jsonl")), Limit: 10) };
        var row = runs.Run<EvaluateResult>("r-published", Evaluate(data) with { Protocol = Protocol.Published }).Rows[0];

        using var model = Decoder.Load(Repository.Demo("base-model"), CPU, ScalarType.Float32);
        var tokenizer = Tokenizer.Load(Repository.Demo("base-model"));
        JsonElement[] gold = [.. File.ReadLines(Repository.Demo("continuations.jsonl")).Take(10).Select(line => JsonDocument.Parse(line).RootElement)];
        int[][] prompts = [.. gold.Select(g => tokenizer.EncodeCut(g.GetProperty("prompt").GetString()!, data.MaxPromptTokens))];
        int[][] answers = ModelAnswers.Of(model, tokenizer, prompts, new GenerationOptions { NewTokens = data.NewTokens }, 64, cancellationToken: TestContext.Current.CancellationToken);
        double expected = prompts.Select((prompt, i) => TokenF1.Of([.. prompt, .. answers[i]], tokenizer.Encode(gold[i].GetProperty("gold").GetString()!, specialTokens: false))).Average();
        Assert.Equal(expected, row.F1!.Mean, 1e-9);
    }

    private static EvaluationData Data(int prompts) => new()
    {
        Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl")), Limit: prompts),
        Scorer = InputRef.OfPath(Repository.Demo("scorer")),
        Text = new DatasetRef(InputRef.OfPath(Repository.Demo("text.txt"))),
        BootstrapResamples = 200,
        NewTokens = 8,
    };

    private static EvaluateParameters Evaluate(EvaluationData data, params EvaluationVariant[] others) =>
        new() { Model = Specs.Model, Data = data, Variants = [new EvaluationVariant { Name = EvaluationBaseline.Base }, .. others] };

    private static EvaluationVariant Ablated() => new()
    {
        Name = "ablated",
        Intervention = new ScaleIntervention { Factor = 0, Neurons = new ListSelection([.. Enumerable.Range(0, 60).Select(i => new NeuronIndex(i % 6, i))]) },
    };
}
