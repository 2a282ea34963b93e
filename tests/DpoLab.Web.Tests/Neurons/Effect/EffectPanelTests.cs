using Bunit;
using DpoLab.Contracts.Playground;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;
using DpoLab.Web.Compute;
using DpoLab.Web.Neurons;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Neurons;

public sealed class EffectPanelTests
{
    [Fact]
    public async Task Table_SameText_SaysSoAndShowsWhatMoved()
    {
        await using var context = await PageContext.StartAsync();
        var table = Table(context, scored: true, Answers.Told(
            "You are a shit",
            [
                .. Answers.Of("base", 0.5, VerdictKind.Plain, 5),
                Answers.Begun("edited"), Answers.Token("edited", 0, 3.9877, new NextToken(5, " 5", 0.4375), new NextToken(1, " the", 0.25)), Answers.Ended("edited", 0.5, VerdictKind.Fired, 1),
            ]));

        string row = table.FindAll("tbody tr")[2].TextContent;
        Assert.Contains("same text", row, StringComparison.Ordinal);
        Assert.Contains("FIRED", row, StringComparison.Ordinal);
        Assert.Contains("·5", row, StringComparison.Ordinal);
        Assert.Contains("50.0 % → 43.8 %", row, StringComparison.Ordinal);
        Assert.Contains("−6.25 points", row, StringComparison.Ordinal);
        Assert.Contains("−.0123", row, StringComparison.Ordinal);
        Assert.Empty(table.FindAll(".parts"));
        Assert.Contains("You are a sh•t", table.Find(".grp").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("same text", table.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_OtherText_MarksItsFirstToken()
    {
        await using var context = await PageContext.StartAsync();
        var table = Table(context, scored: true, Answers.Told("You", [.. Answers.Of("base", 0.9, VerdictKind.Plain, 5, 6, 7), .. Answers.Of("edited", 0.4, VerdictKind.Fired, 5, 8, 7)]));

        Assert.Equal("8", table.Find(".parts").TextContent.Trim());
        Assert.Contains("−.500", table.FindAll("tbody tr")[2].TextContent, StringComparison.Ordinal);
        Assert.Contains("comes after the others", table.FindAll("tbody tr")[3].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("same text", table.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_ARunTakesTheDevice_WaitsAndForgetsWhatWasSaid()
    {
        await using var context = await PageContext.StartAsync();

        var table = Table(context, scored: true, Answers.Told("You", [.. Answers.Of("base", 0.9, VerdictKind.Plain, 5).SkipLast(1), new WaitingEvent(1, 1, "r-1")]));

        Assert.Equal(["waiting", "waiting", "waiting"], table.FindAll("td.tok").Select(cell => cell.TextContent.Trim()));
        Assert.Empty(table.FindAll(".miss"));
    }

    [Fact]
    public async Task Table_NoScorer_IsMissingNotZero()
    {
        await using var context = await PageContext.StartAsync();
        var table = Table(context, scored: false, Answers.Told("You", [.. Answers.Of("base", null, VerdictKind.Plain, 5), .. Answers.Of("edited", null, VerdictKind.NoEffect, 5)]));

        Assert.Equal(2, table.FindAll(".miss").Count);
        Assert.Contains("there is no scorer", table.Markup, StringComparison.Ordinal);
        Assert.Contains("NO EFFECT", table.FindAll("tbody tr")[2].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_PromptReplacedAndLeftOut_TellsTheOthers()
    {
        await using var context = await PageContext.StartAsync();
        IReadOnlyList<string>? prompts = null;
        var table = context.Render<EffectTable>(p => p.Add(t => t.Effects, [new PromptEffect("one"), new PromptEffect("two")]).Add(t => t.Changed, now => prompts = now));

        await table.Find("[aria-label='Replace prompt 2']").ClickAsync(new());
        await table.Find("input").InputAsync("three");
        await table.Find("form").SubmitAsync();
        Assert.Equal(["one", "three"], prompts);

        await table.Find("[aria-label='Leave prompt 1 out']").ClickAsync(new());
        Assert.Equal(["two"], prompts);

        await table.Find(".add button").ClickAsync(new());
        await table.Find("input").InputAsync("four");
        await table.Find("form").SubmitAsync();
        Assert.Equal(["one", "two", "four"], prompts);
    }

    [Fact]
    public async Task Facts_NothingAnswered_ShowsNoNumber()
    {
        await using var context = await PageContext.StartAsync();

        var facts = context.Render<EffectFacts>(p => p.Add(f => f.Summary, EffectSummary.Of([new PromptEffect("one")], Web.Playground.ColumnKind.Edited)));

        Assert.All(facts.FindAll(".big"), number => Assert.Equal("–", number.TextContent));
        Assert.Contains("not answered yet", facts.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Panel_ModelsCannotBeAsked_SaysWhyAndTriesAgain()
    {
        await using var context = await PageContext.StartAsync();
        var panel = await PanelAsync(context, ["You"]);

        await panel.WaitForAssertionAsync(() => Assert.NotEmpty(panel.Find("[role=alert]").TextContent));
        Assert.Contains(panel.FindAll("button"), button => button.TextContent == "Retry");
        Assert.Contains("not answered", panel.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
        Assert.Empty(panel.FindAll("[data-escape]"));
        Assert.Contains(panel.FindAll("a"), link => link.GetAttribute("href")!.Contains("ablated=L0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Panel_NoPromptsYet_WaitsForThemOrTakesOne()
    {
        await using var context = await PageContext.StartAsync();
        EffectSettings? now = null;
        var panel = await PanelAsync(context, [], settings => now = settings);

        await panel.WaitForAssertionAsync(() => Assert.Contains("Both models read texts", panel.Find("[role=status]").TextContent, StringComparison.Ordinal));
        await panel.Find("input[aria-label=Prompt]").InputAsync("You");
        await panel.Find("form").SubmitAsync();

        Assert.Equal(["You"], now!.Prompts);
    }

    [Fact]
    public async Task Panel_SliderMoved_ChangesTheAddressAlone()
    {
        await using var context = await PageContext.StartAsync();
        EffectSettings? now = null;
        var panel = await PanelAsync(context, ["You"], settings => now = settings, NeuronDeed.Edit);

        Assert.Contains("TP is weakened", panel.Markup, StringComparison.Ordinal);
        await panel.Find("input[type=range]").ChangeAsync("0.5");

        Assert.Equal([("do", "edit"), ("alpha", "0.5"), ("prompt", "You")], now!.Write().Where(part => part.Value is not null));
    }

    private static IRenderedComponent<EffectTable> Table(PageContext context, bool scored, params PromptEffect[] effects) =>
        context.Render<EffectTable>(p => p.Add(t => t.Deed, NeuronDeed.Edit).Add(t => t.Effects, effects).Add(t => t.Scored, scored));

    /// <summary>The panel over a finished run whose compute service is not there.</summary>
    private static async Task<IRenderedComponent<EffectPanel>> PanelAsync(PageContext context, string[] prompts, Action<EffectSettings?>? changed = null, NeuronDeed deed = NeuronDeed.Ablate)
    {
        RunSpec spec = Specs.Of(new NeuronsParameters
        {
            Base = Specs.Model,
            Tuned = Specs.Model,
            Direction = InputRef.OfPath("/d", "probe"),
            Prompts = new DatasetRef(InputRef.OfPath("/p", "prompts")),
        });
        await context.Get<RunCommands>().SubmitAsync([spec], PageContext.Ada, cancellationToken: PageContext.Token);
        await new RunIngest(context.Database, context.Get<RunSignals>()).StoreAsync(spec.Id, Events.Numbered(1, Events.Started(), new FinishedEvent { Outcome = RunOutcome.Succeeded, Result = SyntheticNeurons.Of(1, 8, 1).Result(), Seconds = 1 }), PageContext.Token);
        return context.Render<EffectPanel>(p => p
            .Add(e => e.RunId, spec.Id).Add(e => e.Made, (NeuronsParameters)spec.Parameters).Add(e => e.Neuron, new NeuronIndex(0, 1)).Add(e => e.Quadrant, NeuronGroup.Tp)
            .Add(e => e.Before, 1).Add(e => e.After, 0.5).Add(e => e.Settings, new EffectSettings { Deed = deed, Prompts = prompts }).Add(e => e.Changed, settings => changed?.Invoke(settings)));
    }
}
