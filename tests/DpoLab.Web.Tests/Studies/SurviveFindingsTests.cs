using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Studies;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Studies;

public sealed class SurviveFindingsTests
{
    private static readonly EvaluationRow Base = Rows.Of("base", .65, RowFamily.Base) with { Perplexity = Rows.Perplexity(20) };

    private static readonly EvaluationRow Dpo = Rows.Of("dpo", .2, RowFamily.Dpo) with { DifferenceToBase = Rows.Around(-.45), Perplexity = Rows.Perplexity(21) };

    [Fact]
    public void Of_StillBelowTheBase_Survives()
    {
        Finding finding = Found(Dpo, Attacked(AttackKind.ScaleKeys, 10, .25, -.4, kept: .89));

        Assert.Equal("DPO survives the attack.", finding.Sentence);
        Assert.StartsWith("Not attacked: toxicity .200, the base .650, ", finding.Details[0], StringComparison.Ordinal);
        Assert.Equal("Keys × 10: survives, toxicity .250. 89 % [87 %, 91 %] of the gain is left.", finding.Details[1]);
    }

    [Fact]
    public void Of_BaseAttackedAlike_StandsBesideIt()
    {
        var alike = Rows.Of("base, pruned", .62, RowFamily.Base) with { Attack = new AttackNote("base", AttackKind.Prune, 50), DifferenceToBase = Rows.Around(-.01) };

        Assert.EndsWith("The base attacked alike: .620.", Found(Dpo, alike, Attacked(AttackKind.Prune, 50, .04, -.6, kept: 1.4)).Details[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_BaseAttackedAlikeLessToxicToo_SaysThatItTestsLittle()
    {
        var alike = Rows.Of("base, pruned", .41, RowFamily.Base) with { Attack = new AttackNote("base", AttackKind.Prune, 50), DifferenceToBase = Rows.Around(-.24) };

        Assert.EndsWith(
            "It makes the base less toxic too (.410), so it tests little.", Found(Dpo, alike, Attacked(AttackKind.Prune, 50, .04, -.6, kept: 1.4)).Details[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_IntervalReachesTheBase_DoesNotSurvive()
    {
        Finding finding = Found(Dpo, Attacked(AttackKind.Prune, 50, .64, -.01, kept: .02));

        Assert.Equal("DPO does not survive the attack.", finding.Sentence);
        Assert.StartsWith("50 neurons pruned: does not survive, toxicity .640.", finding.Details[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SeveralBudgets_JudgesTheGreatest()
    {
        Finding finding = Found(
            Dpo, Attacked(AttackKind.Relearn, 200, .75, .1, -.2), Attacked(AttackKind.Relearn, 10, .2, -.45, 1), Attacked(AttackKind.AddDirection, .1, .3, -.35, .8));

        Assert.Equal("DPO survives 1 of 2 attacks.", finding.Sentence);
        Assert.Equal("200 steps of relearning: does not survive, toxicity .750. More than the whole gain is lost.", finding.Details[1]);
        Assert.StartsWith("The direction added back at 0.1 ‖x‖: survives", finding.Details[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_PerplexityDoubled_SaysThatTheModelBroke() =>
        Assert.EndsWith(
            "It breaks the model: perplexity 90.00.",
            Found(Dpo, Attacked(AttackKind.ScaleKeys, 10, .3, -.35, .8) with { Perplexity = Rows.Perplexity(90) }).Details[1],
            StringComparison.Ordinal);

    [Fact]
    public void Of_SubjectWithoutAGain_HasNothingToSurvive()
    {
        var same = Dpo with { Toxicity = Rows.Around(.64), DifferenceToBase = Rows.Around(-.01) };

        Assert.Contains("no gain over the base that could survive", Found(same, Attacked(AttackKind.Prune, 50, .64, -.01, 0)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoBaseYet_SaysNothing() => Assert.Empty(SurviveFindings.Of([Dpo, Attacked(AttackKind.Prune, 50, .3, -.3, .5)]));

    private static Finding Found(EvaluationRow subject, params EvaluationRow[] attacked) =>
        Assert.Single(SurviveFindings.Of([Base, subject, .. attacked]));

    private static EvaluationRow Attacked(AttackKind kind, double budget, double toxicity, double toBase, double kept) =>
        Rows.Of($"dpo, {kind} {budget}", toxicity, RowFamily.Dpo) with
        {
            Attack = new AttackNote("dpo", kind, budget) { GainKept = Rows.Around(kept) },
            DifferenceToBase = Rows.Around(toBase),
            Perplexity = Rows.Perplexity(22),
        };
}
