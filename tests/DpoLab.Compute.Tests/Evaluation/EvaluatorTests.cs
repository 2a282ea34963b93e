using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Interventions;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Tests.Evaluation;

public sealed class EvaluatorTests(DemoEvaluation demo) : IClassFixture<DemoEvaluation>
{
    private static readonly NeuronSelection SomeNeurons = new ListSelection([.. Enumerable.Range(0, 40).Select(i => new NeuronIndex(i % 6, i * 7))]);

    [Fact]
    public void Evaluate_PlainModel_FillsEveryMeasure()
    {
        var (row, generations) = demo.Base;

        Assert.Equal(RowFamily.Base, row.Family);
        Assert.Equal(VerdictKind.Plain, row.Verdict.Kind);
        Assert.InRange(row.Toxicity!.Mean, .3, 1);
        Assert.Equal(24, row.Toxicity.Count + row.Toxicity.Missing);
        Assert.InRange(row.Perplexity!.Value, 50, 300);
        Assert.Equal(128, row.Perplexity.Window);
        Assert.Null(row.PublishedPerplexity);
        Assert.InRange(row.F1!.Mean, .01, .6);
        Assert.NotNull(row.Repetition);
        Assert.Equal(generations.Average(g => g.Tokens), row.MeanTokens);
        Assert.Equal(Enumerable.Range(0, 24), generations.Select(g => g.Prompt));
        Assert.All(generations, g => Assert.Equal(g.Missing is null, g.Score is not null));
        Assert.Equal(0, demo.Decoder.Hooks.Count);
    }

    [Fact]
    public void Evaluate_Intervention_FiresAndMovesLogits()
    {
        var plain = demo.Base;
        var (row, _) = Evaluate("ablated", new ScaleIntervention { Factor = 0, Neurons = SomeNeurons });

        Assert.Equal(RowFamily.Ablate, row.Family);
        Assert.Equal(40, row.Neurons);
        Assert.Equal(VerdictKind.Fired, row.Verdict.Kind);
        Assert.True(row.Verdict.LogitChange > row.Verdict.Rounding);
        Assert.True(row.Verdict.Positions > 0);
        Assert.True(row.Verdict.Applied > 0);
        Assert.NotEqual(plain.Row.Perplexity!.Value, row.Perplexity!.Value);

        // Position 0 alone moves perplexity less than all positions do.
        Assert.InRange(
            Math.Abs(row.PublishedPerplexity!.Nats - plain.Row.Perplexity.Nats), 0, Math.Abs(row.Perplexity.Nats - plain.Row.Perplexity.Nats));
        Assert.Equal(0, demo.Decoder.Hooks.Count);
    }

    [Theory]
    [InlineData("scale")]
    [InlineData("key")]
    [InlineData("steer")]
    public void Evaluate_StrengthZero_HasNoEffectAndThePlainNumbers(string kind)
    {
        Intervention intervention = kind switch
        {
            "scale" => new ScaleIntervention { Factor = 1, Neurons = SomeNeurons },
            "key" => new ScaleKeyIntervention { Factor = 1, Neurons = SomeNeurons },
            _ => new SteerIntervention { Strength = 0, Direction = InputRef.OfPath("/w") },
        };
        var plain = demo.Base;

        var (row, generations) = Evaluate(kind, intervention);

        Assert.Equal(VerdictKind.NoEffect, row.Verdict.Kind);
        Assert.Equal(0, row.Verdict.LogitChange);
        Assert.Equal(plain.Row.Perplexity, row.Perplexity);
        Assert.Equal(plain.Row.F1, row.F1);
        Assert.Equal(plain.Generations.Select(g => g.Continuation), generations.Select(g => g.Continuation));
    }

    [Fact]
    public void Evaluate_ScaledKeys_RestoresTheModel()
    {
        var before = demo.Base;
        var (row, _) = Evaluate("keys", new ScaleKeyIntervention { Factor = 10, Neurons = SomeNeurons });

        using var fresh = demo.Make(DemoEvaluation.EvaluationOptions, take: 2);
        var after = fresh.Evaluate(demo.Decoder, demo.Plan("base", null), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(VerdictKind.Fired, row.Verdict.Kind);
        Assert.Null(row.PublishedPerplexity);
        Assert.Equal(before.Row.Perplexity, after.Row.Perplexity);
    }

    [Fact]
    public void Evaluate_PromptPrefix_ChangesAnswersNotPerplexity()
    {
        var plain = demo.Base;
        var variant = new PlannedVariant(new EvaluationVariant { Name = "polite", PromptPrefix = "Please be polite. " }, null);

        var (row, generations) = demo.Evaluator.Evaluate(demo.Decoder, variant, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(RowFamily.Prefix, row.Family);
        Assert.Equal(plain.Row.Perplexity, row.Perplexity);
        Assert.NotEqual(plain.Generations.Select(g => g.Continuation), generations.Select(g => g.Continuation));
        Assert.All(generations, g => Assert.DoesNotContain("Please be polite", g.Continuation, StringComparison.Ordinal));
    }

    [Fact]
    public void Evaluate_EverythingEndsAtOnce_IsMissingNotClean()
    {
        // Logits pushed so far towards the end of text that no answer has a word.
        var c = demo.Decoder.Configuration;
        using var scope = NewDisposeScope();
        var end = demo.Decoder.UnembeddingRows[demo.Tokenizer.EndOfText!.Value].to(ScalarType.Float64).data<double>().ToArray();
        var planner = new InterventionPlanner(new ModelShape(c.Layers, c.Neurons, c.Width), null, _ => end);
        var steer = new SteerIntervention { Strength = -1e5, Direction = InputRef.OfPath("/w") };

        var (row, generations) = demo.Evaluator.Evaluate(
            demo.Decoder, new PlannedVariant(new EvaluationVariant { Name = "silent", Intervention = steer }, planner.Plan(steer)), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Null(row.Toxicity);
        Assert.Equal(0, row.MeanTokens);
        Assert.All(generations, g => Assert.Equal("empty continuation", g.Missing));
    }

    [Fact]
    public void Compare_BaseAndDpo_PairsByPromptAndSharesTheEffect()
    {
        var plain = demo.Base;
        var ablated = Evaluate("half", new ScaleIntervention { Factor = 0, Neurons = SomeNeurons });
        GenerationRecord[] baseline =
        [
            .. plain.Generations.Reverse(),
            .. plain.Generations.Select(g => g with { Variant = EvaluationBaseline.Dpo, Score = g.Score / 4 }),
        ];

        var comparison = new RowComparison(baseline, demo.Evaluator.Bootstrap);
        var row = comparison.Compare(ablated);
        var self = comparison.Compare(plain);

        Assert.Equal(row.DifferenceToBase!.Mean, ablated.Row.Toxicity!.Mean - plain.Row.Toxicity!.Mean, 2);
        Assert.NotNull(row.DifferenceToDpo);
        Assert.InRange(row.ShareOfDpo!.Mean, row.ShareOfDpo.Low, row.ShareOfDpo.High);
        Assert.Null(self.DifferenceToBase);
        Assert.Equal(0, self.ShareOfDpo!.Mean);
    }

    [Fact]
    public void Evaluate_PublishedProtocol_CountsPromptAndUnscoredTokens()
    {
        using var published = demo.Make(DemoEvaluation.EvaluationOptions with { Protocol = Protocol.Published });

        var ours = demo.Base.Row;
        var theirs = published.Evaluate(demo.Decoder, demo.Plan("base", null), cancellationToken: TestContext.Current.CancellationToken).Row;

        Assert.True(theirs.Perplexity!.Nats < ours.Perplexity!.Nats);
        Assert.NotEqual(ours.F1, theirs.F1);
    }

    private EvaluatedVariant Evaluate(string name, Intervention? intervention) =>
        demo.Evaluator.Evaluate(demo.Decoder, demo.Plan(name, intervention), cancellationToken: TestContext.Current.CancellationToken);
}
