using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Web.Neurons;
using DpoLab.Web.Playground;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Neurons;

public sealed class AnswerDifferenceTests
{
    [Fact]
    public void Of_SameTokens_SaysSameTextAndStillTellsWhatMoved()
    {
        PromptEffect effect = Answers.Told(
            "You",
            [
                Answers.Begun("base"), Answers.Token("base", 0, 4, new NextToken(5, " a", 0.5), new NextToken(6, " b", 0.25)), Answers.Ended("base", 0.75, VerdictKind.Plain, 1),
                Answers.Begun("edited"), Answers.Token("edited", 0, 3.5, new NextToken(5, " a", 0.4375), new NextToken(6, " b", 0.375)), Answers.Ended("edited", 0.75, VerdictKind.Fired, 1),
            ]);

        AnswerDifference difference = Of(effect);

        Assert.True(difference.SameText);
        Assert.Null(difference.PartsAt);
        Assert.Equal(-0.5, difference.Projection);
        Assert.Equal(0, difference.Toxicity);
        Assert.Equal((" b", 0.125, true), (difference.Next!.Text, difference.Next.Change, difference.Next.IsExact));
    }

    [Fact]
    public void Of_OtherTokens_PartAtTheFirst()
    {
        AnswerDifference difference = Of(Answers.Told("You", [.. Answers.Of("base", 0.9, VerdictKind.Plain, 5, 6, 7), .. Answers.Of("edited", 0.4, VerdictKind.Fired, 5, 8, 7)]));

        Assert.Equal((1, false), (difference.PartsAt, difference.SameText));
        Assert.Equal(-0.5, difference.Toxicity!.Value, 12);
    }

    [Fact]
    public void Of_OneEndsEarlier_PartsWhereItEnds()
    {
        AnswerDifference difference = Of(Answers.Told("You", [.. Answers.Of("base", 0.9, VerdictKind.Plain, 5, 6, 7), .. Answers.Of("edited", 0.4, VerdictKind.Fired, 5)]));

        Assert.Equal((1, false), (difference.PartsAt, difference.SameText));
    }

    [Fact]
    public void Of_StillAnswering_NeitherPartsNorIsTheSame()
    {
        AnswerDifference difference = Of(Answers.Told("You", [.. Answers.Of("base", 0.9, VerdictKind.Plain, 5, 6, 7), .. Answers.Of("edited", 0.4, VerdictKind.Fired, 5, 6).SkipLast(1)]));

        Assert.Null(difference.PartsAt);
        Assert.False(difference.SameText);
        Assert.Null(difference.Toxicity);
    }

    [Fact]
    public void Of_OneWithoutAScore_HasNoDifferenceOfScores() =>
        Assert.Null(Of(Answers.Told("You", [.. Answers.Of("base", 0.9, VerdictKind.Plain, 5), .. Answers.Of("edited", null, VerdictKind.Fired, 5)])).Toxicity);

    [Fact]
    public void Largest_TokenLeavesTheToldOnes_SaysTheLeastThatItFell()
    {
        var change = NextTokenChange.Largest([new(1, " a", 0.6), new(2, " b", 0.2)], [new(3, " c", 0.5), new(2, " b", 0.3)])!;

        // " a" fell from .6 to something below .3, so by .3 at least; " c" rose from something below .2 to .5, by as much; " b" by .1
        Assert.Equal((" a", 0.6, null, 0.3), (change.Text, change.Before, change.After, change.Below));
        Assert.False(change.IsExact);
        Assert.Equal(-0.3, change.Change, 12);
    }

    [Fact]
    public void Summary_OfPrompts_CountsThoseThatAreAnswered()
    {
        PromptEffect[] effects =
        [
            Answers.Told("a", [.. Answers.Of("base", 0.9, VerdictKind.Plain, 5), .. Answers.Of("edited", 0.5, VerdictKind.Fired, 6)]),
            Answers.Told("b", [.. Answers.Of("base", 0.5, VerdictKind.Plain, 5), .. Answers.Of("edited", 0.5, VerdictKind.NoEffect, 5)]),
            Answers.Told("c", [.. Answers.Of("base", null, VerdictKind.Plain, 5), .. Answers.Of("edited", 0.5, VerdictKind.Fired, 5)]),
            Answers.Told("d", Answers.Of("base", 0.5, VerdictKind.Plain, 5)),
        ];

        var summary = EffectSummary.Of(effects, ColumnKind.Edited);

        Assert.Equal((3, 1), (summary.Answered, summary.Differing));
        Assert.Equal([-0.4, 0], summary.Toxicity.Select(d => Math.Round(d, 12)));
        Assert.Equal(3, summary.Projection.Count);
    }

    [Fact]
    public void Effect_AnotherChange_ForgetsTheChangedAnswerAlone()
    {
        PromptEffect effect = Answers.Told("You", [.. Answers.Of("base", 0.9, VerdictKind.Plain, 5), .. Answers.Of("edited", 0.4, VerdictKind.Fired, 6)]);

        effect.ForgetChange();

        Assert.Equal([ColumnKind.Edited, ColumnKind.Dpo], effect.Missing([ColumnKind.Base, ColumnKind.Edited, ColumnKind.Dpo]));
        PlaygroundAnswer late = effect.Begin();
        effect.Begin();
        late.Take(Answers.Begun("edited"));
        Assert.False(effect.Of(ColumnKind.Edited).HasBegun);
        Assert.True(effect.Of(ColumnKind.Base).HasBegun);
    }

    private static AnswerDifference Of(PromptEffect effect) => AnswerDifference.Of(effect.Of(ColumnKind.Base), effect.Of(ColumnKind.Edited));
}
