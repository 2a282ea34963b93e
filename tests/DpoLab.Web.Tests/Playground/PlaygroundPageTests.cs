using Bunit;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Web.Playground;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Playground;

public sealed class PlaygroundPageTests
{
    [Fact]
    public async Task Pages_NoPairMeasured_OfferTheStudy()
    {
        await using var context = await PageContext.StartAsync();

        var playground = context.Render<PlaygroundPage>();
        var lens = context.Render<LensPage>();

        await playground.WaitForAssertionAsync(() => Assert.Equal(Urls.NewStudy, playground.Find(".empty a").GetAttribute("href")));
        await lens.WaitForAssertionAsync(() => Assert.Equal(Urls.NewStudy, lens.Find(".empty a").GetAttribute("href")));
    }

    [Fact]
    public async Task Page_RunThatIsNotHere_SaysSo()
    {
        await using var context = await PageContext.StartAsync();
        context.Navigation.NavigateTo("playground?run=r-nothere");

        var page = context.Render<PlaygroundPage>();

        await page.WaitForAssertionAsync(() => Assert.Contains("There is no run r-nothere", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Answer_WaitsAgain_ForgetsWhatWasSaid()
    {
        var answer = new PlaygroundAnswer();
        answer.Begin();
        answer.Take(new ColumnStartedEvent("base", ["You"], null));
        answer.Take(Token("base", 0, 5, " a", 1));
        answer.Take(new WaitingEvent(1, 1, "r-1"));

        Assert.Equal(AnswerState.Waiting, answer.State);
        Assert.True(answer.IsBusy);
        Assert.False(answer.Of(ColumnKind.Base).HasBegun);

        answer.Take(new ColumnStartedEvent("base", ["You"], null));
        Assert.Empty(answer.Of(ColumnKind.Base).Tokens);
    }

    [Fact]
    public void Answer_ColumnsThatDiffer_PartWhereTheirTokensDo()
    {
        var answer = new PlaygroundAnswer();
        answer.Begin();
        answer.Take(new ColumnStartedEvent("base", ["You"], null));
        answer.Take(Token("base", 0, 5, " are", 1));
        answer.Take(Token("base", 1, 6, " bad", 4));
        Assert.Null(answer.PartsAt);
        answer.Take(new ColumnStartedEvent("dpo", ["You"], null));
        answer.Take(Token("dpo", 0, 5, " are", 1));
        Assert.Null(answer.PartsAt);
        answer.Take(Token("dpo", 1, 7, " good", -2));

        Assert.Equal(2, answer.PartsAt);
        Assert.Equal((0.8, 2, 3.2), answer.Steps);
    }

    [Fact]
    public async Task Column_Complete_ShowsMaskedShadedTokensAndWhatTheyAreWorth()
    {
        await using var context = await PageContext.StartAsync();
        var answer = new PlaygroundAnswer();
        answer.Begin();
        answer.Take(new ColumnStartedEvent("base", ["You"], null));
        answer.Take(Ended("base", 0.9, VerdictKind.Plain));
        answer.Take(new ColumnStartedEvent("edited", ["You"], 12));
        answer.Take(Token("edited", 0, 5, " shit", 4));
        answer.Take(Token("edited", 1, 6, " you", -3));
        answer.Take(Ended("edited", 0.4, VerdictKind.NoEffect));

        var column = context.Render<AnswerColumn>(p => p
            .Add(c => c.Kind, ColumnKind.Edited).Add(c => c.Says, "live").Add(c => c.Answer, answer).Add(c => c.Column, answer.Of(ColumnKind.Edited))
            .Add(c => c.NewTokens, 2).Add(c => c.Steps, answer.Steps).Add(c => c.Scored, true));

        Assert.Equal("sh•t", column.Find(".x3").TextContent);
        Assert.Equal("you", column.Find(".y2").TextContent);
        Assert.Contains("NO EFFECT", column.Find("header").TextContent, StringComparison.Ordinal);
        Assert.Contains(".400", column.Markup, StringComparison.Ordinal);
        Assert.Contains("−.500", column.Markup, StringComparison.Ordinal);

        await column.Find(".x3").MouseEnterAsync(new());
        Assert.Contains("25.0 %", column.Find("[role=tooltip]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("shit", column.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Column_NotScored_IsMissingNotZero()
    {
        await using var context = await PageContext.StartAsync();
        var answer = new PlaygroundAnswer();
        answer.Begin();
        answer.Take(new ColumnStartedEvent("base", ["You"], null));
        answer.Take(Ended("base", null, VerdictKind.Plain));

        var column = context.Render<AnswerColumn>(p => p
            .Add(c => c.Kind, ColumnKind.Base).Add(c => c.Says, "small").Add(c => c.Answer, answer).Add(c => c.Column, answer.Of(ColumnKind.Base))
            .Add(c => c.NewTokens, 2).Add(c => c.Steps, answer.Steps));

        Assert.Contains("missing", column.Find(".foot").TextContent, StringComparison.Ordinal);
        Assert.Contains("no scorer is chosen", column.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EditPanel_GroupSwitchedOff_ChangesTheSettingsAlone()
    {
        await using var context = await PageContext.StartAsync();
        PlaygroundSettings? now = null;
        var panel = context.Render<EditPanel>(p => p
            .Add(e => e.Settings, new PlaygroundSettings()).Add(e => e.Groups, []).Add(e => e.Changed, settings => now = settings));

        await panel.FindAll("input[type=checkbox]")[3].ChangeAsync(false);
        Assert.Equal("playground?groups=tp,an,tn", now!.Address);

        await panel.Find("input[type=text]").ChangeAsync("0.15");
        Assert.Equal("playground?alpha=0.15", now.Address);

        await panel.Find("input[type=text]").ChangeAsync("7");
        Assert.Contains("Enter a number from 0 to 1", panel.Markup, StringComparison.Ordinal);
        Assert.Equal("playground?alpha=0.15", now.Address);
    }

    [Fact]
    public async Task LinksOfRows_InTables_LeadToThePlayground()
    {
        await using var context = await PageContext.StartAsync();
        EvaluationRow[] rows = [.. new[] { "done", "not done" }.Select(name => new EvaluationRow { Variant = name, Family = RowFamily.Patch, Verdict = new Verdict(VerdictKind.Fired) })];

        var without = context.Render<RowsTable>(p => p.Add(t => t.Rows, rows));
        var with = context.Render<RowsTable>(p => p.Add(t => t.Rows, rows).Add(t => t.Playground, row => row.Variant == "done" ? "playground?run=r-1" : null));

        Assert.Empty(without.FindAll("a"));
        Assert.Equal("playground?run=r-1", Assert.Single(with.FindAll("a")).GetAttribute("href"));
        Assert.Equal("Try done in the Playground", with.Find("a").GetAttribute("aria-label"));
    }

    private static TokenEvent Token(string column, int index, int id, string text, double projection) =>
        Answers.Token(column, index, projection, new NextToken(id, text, 0.25), new NextToken(1, " the", 0.1));

    private static ColumnEndedEvent Ended(string column, double? toxicity, VerdictKind verdict) => Answers.Ended(column, toxicity, verdict, tokens: 2);
}
