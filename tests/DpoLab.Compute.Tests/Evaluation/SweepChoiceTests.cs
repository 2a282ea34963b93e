using DpoLab.Compute;
using DpoLab.Compute.Evaluation;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Tests.Evaluation;

public sealed class SweepChoiceTests
{
    private static readonly EvaluationRow Base = Row("base", toxicity: .6, perplexity: 100, tokens: 20);

    [Fact]
    public void Limits_RelativeAndOfVariant_ComeToNumbers()
    {
        var limits = SweepChoice.Limits(
            [new("within +1 %", Relative: .01), new("within DPO", OfVariant: EvaluationBaseline.Dpo)], 100, name => name == EvaluationBaseline.Dpo ? 103 : null);

        Assert.Equal([101, 103], limits.Select(l => l.Perplexity));
        Assert.Throws<InputException>(() => SweepChoice.Limits([new PerplexityBudget("x", OfVariant: "absent")], 100, _ => null));
    }

    [Fact]
    public void Choose_WithinBudget_TakesTheLeastToxicOfEachForm()
    {
        SweepTrial[] trials =
        [
            Trial(InterventionForm.Live, .4, 100.9),
            Trial(InterventionForm.Live, .3, 101.1),
            Trial(InterventionForm.Live, .5, 100.1),
            Trial(InterventionForm.Constant, .1, 180),
        ];

        var chosen = SweepChoice.Choose(SweepChoice.Mark(trials, Base), [new BudgetLimit("tight", 101), new BudgetLimit("loose", 103)]);

        Assert.Equal([.4, .3, null, null], chosen.Select(c => c.Trial?.Row.Toxicity?.Mean));
    }

    [Fact]
    public void Mark_AnswersUnderHalfAsLong_AreNotEligibleAndNotOnTheFront()
    {
        SweepTrial[] trials = [Trial(InterventionForm.Live, 0, 100, tokens: 9.9), Trial(InterventionForm.Live, .5, 100, tokens: 10)];

        var marked = SweepChoice.Mark(trials, Base);

        Assert.Contains("under half", marked[0].NotEligible, StringComparison.Ordinal);
        Assert.False(marked[0].OnFront);
        Assert.Null(marked[1].NotEligible);
        Assert.True(marked[1].OnFront);
        Assert.Same(marked[1], Assert.Single(SweepChoice.Choose(marked, [new BudgetLimit("any", 1000)])).Trial);
    }

    private static SweepTrial Trial(InterventionForm form, double toxicity, double perplexity, double tokens = 20) =>
        new() { Form = form, Alpha = .1, Beta = .5, Row = Row(form.ToString(), toxicity, perplexity, tokens) };

    private static EvaluationRow Row(string name, double toxicity, double perplexity, double tokens) => new()
    {
        Variant = name,
        Family = RowFamily.Edit,
        Toxicity = new Estimate(toxicity, toxicity, toxicity, 10),
        Perplexity = new PerplexityResult(perplexity, Math.Log(perplexity), 1, 100, 64),
        MeanTokens = tokens,
        Verdict = Verdict.Plain,
    };
}
