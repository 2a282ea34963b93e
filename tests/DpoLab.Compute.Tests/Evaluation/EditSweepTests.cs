using DpoLab.Compute;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Tests.Evaluation;

public sealed class EditSweepTests(DemoEvaluation demo) : IClassFixture<DemoEvaluation>
{
    private static readonly SweepParameters Parameters = new()
    {
        Model = InputRef.OfPath("/model"),
        Neurons = InputRef.OfPath("/neurons"),
        Data = new EvaluationData { Prompts = new DatasetRef(InputRef.OfPath("/prompts")), Scorer = InputRef.OfPath("/scorer") },
        Forms = [InterventionForm.Live, InterventionForm.Constant],
        Alphas = [0.05, 1],
        Betas = [0.5],
        Budgets = [new("within +1 %", Relative: .01), new("within DPO’s perplexity", OfVariant: EvaluationBaseline.Dpo)],
    };

    [Fact]
    public void Run_SmallSweep_ReportsTheBestOfEachFormOnTheOtherHalf()
    {
        var options = DemoEvaluation.EvaluationOptions;
        using var selection = demo.Make(options, skip: 0, take: 12);
        using var report = demo.Make(options, skip: 12, take: 12);
        var told = new List<SweepProgress>();
        var sweep = new EditSweep(demo.Decoder, selection, report, Planner(), Parameters);
        var plain = report.Evaluate(demo.Decoder, demo.Plan(EvaluationBaseline.Base, null), Measures.None, cancellationToken: TestContext.Current.CancellationToken);

        var outcome = sweep.Run(
            name => name == EvaluationBaseline.Dpo ? 1e9 : null,
            new RowComparison(plain.Generations, report.Bootstrap),
            new Told(told),
            TestContext.Current.CancellationToken);

        Assert.Equal(4, outcome.Trials.Count);
        Assert.All(outcome.Trials, trial => Assert.Equal(VerdictKind.Fired, trial.Row.Verdict.Kind));
        Assert.Contains(outcome.Trials, trial => trial.OnFront);
        Assert.All(outcome.TrialGenerations, g => Assert.InRange(g.Prompt, 0, 11));
        Assert.All(outcome.ChosenGenerations, g => Assert.InRange(g.Prompt, 12, 23));
        Assert.Equal(told[0].Row.Perplexity!.Value * 1.01, outcome.Limits[0].Perplexity, 9);
        Assert.Equal(4, outcome.Chosen.Count + outcome.NothingWithin.Count);
        Assert.Equal(told.Count, told[^1].Done);
        Assert.Equal(1 + 4 + told.Count(t => t.OnReportHalf), told.Count);
        foreach (var row in outcome.Chosen)
        {
            var edit = Assert.IsType<EditIntervention>(row.Intervention);
            var trial = Assert.Single(outcome.Trials, t => t.Form == edit.Form && t.Alpha == edit.Alpha && t.Beta == edit.Beta);
            double limit = Assert.Single(outcome.Limits, l => l.Name == row.Budget).Perplexity;
            Assert.True(trial.Row.Perplexity!.Value <= limit);
            Assert.DoesNotContain(
                outcome.Trials,
                t => t.Form == edit.Form && t.NotEligible is null && t.Row.Perplexity!.Value <= limit && t.Row.Toxicity!.Mean < trial.Row.Toxicity!.Mean);
            Assert.NotNull(row.DifferenceToBase);
        }
    }

    [Fact]
    public void Run_BudgetOfVariantThatWasNotMeasured_IsRefusedBeforeAnyTrial()
    {
        using var selection = demo.Make(DemoEvaluation.EvaluationOptions, skip: 0, take: 2);
        var told = new List<SweepProgress>();
        var sweep = new EditSweep(demo.Decoder, selection, selection, Planner(), Parameters);

        Assert.Throws<InputException>(() => sweep.Run(_ => null, progress: new Told(told), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Single(told);
    }

    private InterventionPlanner Planner()
    {
        var c = demo.Decoder.Configuration;
        var options = new NeuronMeasurementOptions { EndOfText = GreedyAnswers.EndOfText(demo.Decoder, demo.Tokenizer) };
        double[] w = [.. Enumerable.Range(0, c.Width).Select(i => Math.Sin(i))];
        var measured = NeuronMeasurement.Of(demo.Decoder, demo.ChallengeIds, w, options, cancellationToken: TestContext.Current.CancellationToken);
        return new InterventionPlanner(
            new ModelShape(c.Layers, c.Neurons, c.Width), NeuronStatistics.Of(measured.Statistics, measured.Statistics), _ => w);
    }

    private sealed class Told(List<SweepProgress> told) : IProgress<SweepProgress>
    {
        public void Report(SweepProgress value) => told.Add(value);
    }
}
