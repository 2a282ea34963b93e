using Bunit;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Data;
using DpoLab.Web.Runs.NewRun;
using DpoLab.Web.Studies;
using DpoLab.Web.Studies.Graph;
using DpoLab.Web.Studies.Table;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Studies;

public sealed class StudyPageTests
{
    [Fact]
    public async Task Page_NewStudy_ShowsEveryRunAndEveryRowToCome()
    {
        await using var context = await PageContext.StartAsync();
        string id = await CreateAsync(context);

        var page = context.Render<StudyPage>(p => p.Add(s => s.Id, id));
        await page.WaitForElementAsync(".node");

        Assert.Equal(10, page.FindAll(".node").Count);
        Assert.All(page.FindAll(".node"), node => Assert.Contains("waiting", node.ClassList));
        Assert.Contains("0 of 24 rows", page.Markup);
        Assert.Contains("10 runs: 10 waiting", page.Markup);
    }

    [Theory]
    [InlineData("Dynamic patch")]
    [InlineData("Does it survive?")]
    public async Task Page_FollowUp_OpensTheFormFilledInForThePair(string title)
    {
        await using var context = await PageContext.StartAsync();
        string id = await CreateAsync(context);
        var page = context.Render<StudyPage>(p => p.Add(s => s.Id, id));
        await page.WaitForElementAsync(".node");

        string address = page.FindAll(".menu .items a").Single(a => a.TextContent == title).GetAttribute("href")!;
        var draft = DraftAddress.Read(address[address.IndexOf('?', StringComparison.Ordinal)..]);
        var plan = RunPlan.Of(draft, InputOptions.None);

        Assert.Empty(plan.Errors);
        Assert.Equal((title, id), (draft.Form.Title, draft.Study));
        var inputs = Assert.Single(plan.Runs).Parameters!.Inputs().ToList();
        Assert.Contains(inputs, input => input is { Location: Artifacts.BestModel, RunId: not null });
        Assert.Contains(inputs, input => input is { Location: Artifacts.Neurons, RunId: not null });
    }

    [Fact]
    public async Task Page_UnknownStudy_SaysSo()
    {
        await using var context = await PageContext.StartAsync();

        var page = context.Render<StudyPage>(p => p.Add(s => s.Id, "s-nothere"));

        await page.WaitForAssertionAsync(() => Assert.Contains("There is no study", page.Markup));
    }

    [Fact]
    public async Task Notes_SavedMarkdown_IsShownSanitised()
    {
        await using var context = await PageContext.StartAsync();
        string id = await CreateAsync(context);
        var page = context.Render<StudyPage>(p => p.Add(s => s.Id, id));
        await page.WaitForElementAsync(".node");

        await page.FindAll("button").First(button => button.TextContent == "Edit").ClickAsync(new());
        await page.Find("textarea").InputAsync("**bold** <script>alert(1)</script>");
        await page.FindAll("button").First(button => button.TextContent == "Save").ClickAsync(new());

        await page.WaitForAssertionAsync(() => Assert.Equal("bold", page.Find(".notes strong").TextContent));
        Assert.Empty(page.FindAll(".notes script"));
    }

    [Fact]
    public async Task Row_WithNumbers_WritesThemAsTheLabDoes()
    {
        await using var context = new BunitContext();
        var row = Row(Rows.Of("Four groups, shift", .214, RowFamily.Patch) with
        {
            Neurons = 57501,
            DifferenceToBase = new Estimate(-.233, -.25, -.21, 150),
            ShareOfDpo = new Estimate(.987, .9, 1.05, 150),
            Perplexity = Rows.Perplexity(22.41),
            Verdict = new Verdict(VerdictKind.Fired, 10, 20, .5),
        });

        var cells = Render(context, row, reference: 21.71).FindAll("td").Select(cell => cell.TextContent.Trim()).ToList();

        Assert.Equal(["Four groups, shift", "57,501", ".214", "[.194, .234]", "", "−.233", "99 %", "22.41", "", "", "", "FIRED"], cells);
    }

    [Fact]
    public async Task Row_PerplexityFarAboveTheBase_IsAWarning()
    {
        await using var context = new BunitContext();
        var row = Row(Rows.Of("constant", .176, RowFamily.Patch) with { Perplexity = Rows.Perplexity(148.3) });

        Assert.Equal("148.30", Render(context, row, reference: 21.71).Find("td.warn").TextContent.Trim());
        Assert.Empty(Render(context, row, reference: 140).FindAll("td.warn"));
    }

    [Fact]
    public async Task Row_FailedRun_IsMissingWithItsReasonAndNeverZero()
    {
        await using var context = new BunitContext();
        var row = Row(null) with { RunState = RunState.Failed, Missing = "The intervention fired 0 times." };

        var rendered = Render(context, row, reference: null);

        Assert.Equal("missing", rendered.Find(".miss").TextContent);
        Assert.Equal("The intervention fired 0 times.", rendered.Find(".miss").GetAttribute("title"));
        Assert.DoesNotContain(".000", rendered.Markup);
    }

    [Fact]
    public void Axis_OfATable_HoldsEveryIntervalAndThePapersValues()
    {
        var rows = new[] { Row(Rows.Of("base", .447, RowFamily.Base)) with { Paper = new PaperFigure(.512, null, null, "Lee") }, Row(Rows.Of("dpo", .211, RowFamily.Dpo)) };

        var axis = ToxicityAxis.Of(new StudyTable { Groups = [new StudyTableGroup("Reference", rows)], Runs = [] });

        Assert.Equal(.18, axis.From, 9);
        Assert.Equal(.52, axis.To, 9);
        Assert.Equal([.447, .211], axis.References);
    }

    [Fact]
    public async Task Layout_OfTheTemplate_PutsEachRunRightOfWhatItNeeds()
    {
        await using var context = await PageContext.StartAsync();
        var view = await context.Get<StudyQueries>().FindAsync(await CreateAsync(context));

        var layout = GraphLayout.Of(view!.Nodes);

        var placed = layout.Nodes.ToDictionary(node => node.Node.Run.Id);
        Assert.All(layout.Nodes, node => Assert.All(node.Node.Needs, need => Assert.True(placed[need].Left + layout.Width < node.Left)));
        Assert.Equal(layout.Nodes.Sum(node => node.Node.Needs.Count), layout.Edges.Count);
        // no two nodes lie on each other
        Assert.Equal(layout.Nodes.Count, layout.Nodes.Select(node => (node.Left, node.Top)).Distinct().Count());
    }

    private static IRenderedComponent<PaperRow> Render(BunitContext context, StudyTableRow row, double? reference) => context.Render<PaperRow>(p => p
        .Add(r => r.Row, row).Add(r => r.Axis, new ToxicityAxis(0, 1, [])).Add(r => r.Base, reference).Add(r => r.Href, "runs/r-1"));

    private static StudyTableRow Row(EvaluationRow? row) => new()
    {
        Name = row?.Variant ?? "Top 1,000",
        Variant = row?.Variant ?? "Top 1,000",
        Family = row?.Family ?? RowFamily.Ablate,
        RunId = "r-1",
        RunState = RunState.Succeeded,
        Row = row,
    };

    private static Task<string> CreateAsync(PageContext context)
    {
        static DatasetRef Data(string name) => new(InputRef.OfPath("/data/" + name));
        var inputs = new FourGroupsInputs
        {
            Model = Specs.Model,
            Scorer = InputRef.OfPath("/models/scorer"),
            Comments = Data("comments"),
            Pairs = Data("pairs"),
            Prompts = Data("prompts"),
            Text = Data("text"),
        };
        return context.Get<StudyCommands>().CreateFourGroupsAsync(inputs, PageContext.Ada, PageContext.Token);
    }
}
