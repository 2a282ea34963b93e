using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Tests.Evaluation;

/// <summary>The RealToxicityPrompts protocol and a second scorer, on the demo's model and scorer.</summary>
public sealed class SampledToxicityTests(DemoEvaluation demo) : IClassFixture<DemoEvaluation>
{
    private static readonly EvaluationOptions Options = DemoEvaluation.EvaluationOptions with { Sampled = new SampledToxicityOptions { Samples = 5 }, NewTokens = 8 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Evaluate_Samples_GivesTheProtocolsFiguresOfTheirScores()
    {
        var (row, samples) = Measure(Options);

        Assert.Equal(6 * 5, samples.Count);
        Assert.Equal(Enumerable.Range(0, 6).SelectMany(p => Enumerable.Range(0, 5).Select(s => (p, (int?)s))), samples.Select(r => (r.Prompt, r.Sample)));
        double[] maxima = [.. samples.GroupBy(r => r.Prompt).Select(g => g.Max(r => r.Score)!.Value)];
        Assert.Equal(5, row.Sampled!.Samples);
        Assert.Equal(maxima.Average(), row.Sampled.ExpectedMaximum.Mean, 1e-12);
        Assert.Equal(Math.Sqrt(maxima.Average(m => m * m) - (maxima.Average() * maxima.Average())), row.Sampled.Deviation, 1e-9);
        Assert.Equal(maxima.Count(m => m > .5) / 6.0, row.Sampled.Probability.Mean, 1e-12);
        Assert.InRange(row.Sampled.Probability.Mean, row.Sampled.Probability.Low, row.Sampled.Probability.High);
        Assert.Equal(samples.Count(r => r.Score is null), row.Sampled.MissingSamples);
        Assert.True(samples.Select(r => r.Continuation).Distinct().Count() > 20);
    }

    [Fact]
    public void Evaluate_SamplesInOtherBatches_AreTheSameTexts()
    {
        var wide = Measure(Options).Samples;

        Assert.Equal(wide.Select(r => r.Continuation), Measure(Options with { BatchSize = 7 }).Samples.Select(r => r.Continuation));
        Assert.NotEqual(wide.Select(r => r.Continuation), Measure(Options with { Seed = 1 }).Samples.Select(r => r.Continuation));
    }

    [Fact]
    public void Evaluate_SamplesUnderAnIntervention_AreOfTheChangedModel()
    {
        var intervention = new ScaleIntervention { Factor = 0, Neurons = new ListSelection([.. Enumerable.Range(0, 200).Select(i => new NeuronIndex(i % 6, i))]) };

        using var evaluator = demo.Make(Options, take: 6);
        var changed = evaluator.Evaluate(demo.Decoder, demo.Plan("ablated", intervention), Measures.Samples, cancellationToken: Stop);

        Assert.NotEqual(Measure(Options).Samples.Select(r => r.Continuation), changed.Samples.Select(r => r.Continuation));
        Assert.Equal(0, demo.Decoder.Hooks.Count);
    }

    [Fact]
    public void Evaluate_SecondScorer_ScoresTheSameTexts()
    {
        using var words = ToxicityScorers.Load(WordList());
        using var classifier = ToxicityScorers.Load(Repository.Demo("scorer"));
        using var evaluator = demo.Make(Options with { Sampled = null }, take: 12, panel: [words, classifier]);

        var (row, generations) = evaluator.Evaluate(demo.Decoder, demo.Plan("base", null), Measures.None, cancellationToken: Stop);

        Assert.Equal(2, row.PanelToxicity.Count);
        Assert.Equal(row.Toxicity, row.PanelToxicity[1]);
        Assert.Equal(generations.Select(g => g.Score), generations.Select(g => g.Panel![1]));
        Assert.All(generations.Where(g => g.Missing is null), g => Assert.Contains(g.Panel![0], new double?[] { 0, 1 }));
        Assert.All(generations.Where(g => g.Missing is not null), g => Assert.Equal([null, null], g.Panel!));
        Assert.Null(row.Sampled);
    }

    [Fact]
    public void Evaluate_SamplesWithSecondScorers_AreJudgedByAllOfThem()
    {
        using var words = ToxicityScorers.Load(WordList());
        using var classifier = ToxicityScorers.Load(Repository.Demo("scorer"));
        using var evaluator = demo.Make(Options, take: 6, panel: [words, classifier]);

        var measured = evaluator.Evaluate(demo.Decoder, demo.Plan("base", null), Measures.Samples, cancellationToken: Stop);

        Assert.Equal([0, 1], measured.Row.PanelSampled.Select((figures, i) => figures is null ? -1 : i));
        Assert.Equal(measured.Row.Sampled, measured.Row.PanelSampled[1]); // the same scorer
        double?[] worst = [.. measured.Samples.GroupBy(sample => sample.Prompt).Select(prompt => prompt.Max(sample => sample.Panel![0]))];
        Assert.Equal(worst.Average(), measured.Row.PanelSampled[0]!.ExpectedMaximum.Mean);
        Assert.NotEqual(measured.Row.Sampled, measured.Row.PanelSampled[0]);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(50)]
    public void Evaluate_Stride_ScoresEveryTokenOnceWithMoreContext(int stride)
    {
        using var evaluator = demo.Make(DemoEvaluation.EvaluationOptions with { Window = 64, Stride = stride }, take: 1);
        using var plain = demo.Make(DemoEvaluation.EvaluationOptions with { Window = 64 }, take: 1);

        var overlapping = evaluator.Evaluate(demo.Decoder, demo.Plan("base", null), Measures.Perplexity, cancellationToken: Stop).Row.Perplexity!;
        var apart = plain.Evaluate(demo.Decoder, demo.Plan("base", null), Measures.Perplexity, cancellationToken: Stop).Row.Perplexity!;

        Assert.Equal(stride, overlapping.Stride);
        Assert.True(overlapping.ScoredTokens > apart.ScoredTokens);
        Assert.True(overlapping.Nats < apart.Nats, $"{overlapping.Nats} is not below {apart.Nats}");
        Assert.Equal(Math.Exp(overlapping.Nats), overlapping.Value, 1e-9);
    }

    [Fact]
    public void Evaluate_StrideLongerThanTheWindow_IsRefusedWithTheLimit()
    {
        using var evaluator = demo.Make(DemoEvaluation.EvaluationOptions with { Window = null, Stride = 500 }, take: 1);

        var error = Assert.Throws<DpoLab.Compute.InputException>(
            () => evaluator.Evaluate(demo.Decoder, demo.Plan("base", null), Measures.Perplexity, cancellationToken: Stop));

        Assert.Contains("at most 128", error.Message, StringComparison.Ordinal);
    }

    private (EvaluationRow Row, IReadOnlyList<GenerationRecord> Samples) Measure(EvaluationOptions options)
    {
        using var evaluator = demo.Make(options, take: 6);
        var measured = evaluator.Evaluate(demo.Decoder, demo.Plan("base", null), Measures.Samples, cancellationToken: Stop);
        return (measured.Row, measured.Samples);
    }

    private static string WordList()
    {
        string path = Path.Combine(Path.GetTempPath(), "dpolab-test-words.txt");
        File.WriteAllText(path, "stupid\nidiot\nhate\nugly\n");
        return path;
    }
}
