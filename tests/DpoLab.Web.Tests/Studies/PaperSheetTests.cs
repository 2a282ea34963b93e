using System.Text.Json;
using Bunit;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Charts;
using DpoLab.Web.Data;
using DpoLab.Web.Studies;
using DpoLab.Web.Studies.Paper;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Studies;

public sealed class PaperSheetTests
{
    private static readonly EvaluationSource Source = new()
    {
        Model = "demo GPT-2",
        ModelDigest = new string('a', 64),
        PromptsDigest = new string('b', 64),
        Scorer = "scorer",
        ScorerDigest = new string('c', 64),
        Prompts = 150,
        Half = PromptHalf.Report,
        Seed = 7,
        Protocol = Protocol.Corrected,
        Precision = Precision.Fp32,
    };

    [Fact]
    public void TableSheets_RowsThatAreStillToCome_AreInTheNumbersAndNotInTheFigure()
    {
        PaperSheet sheet = TableSheets.Of(Table(Row("base", 0.6), Row("dpo", 0.2), Row("Top <b>50</b>", null)))[0];

        Assert.Equal(2, sheet.Figure!.Y.Categories!.Count);
        Assert.Equal(3, sheet.Table.Rows.Count);
        string last = sheet.Table.Csv().TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith("Rows,Top <b>50</b>,r-1,succeeded,not measured,,", last, StringComparison.Ordinal);
        Assert.DoesNotContain(",0,", last, StringComparison.Ordinal);
    }

    [Fact]
    public void TableSheets_Plane_NumbersAreThoseOfTheRows()
    {
        PaperSheet sheet = TableSheets.Of(Table(Row("base", 0.6, 20), Row("dpo", 0.2, 21), Row("worse", 0.7, 30)))[1];

        Assert.Equal(["true", "true", "false"], sheet.Table.Records().Select(r => r["on_front"]!.ToString()!.ToLowerInvariant()));
        Assert.Equal([0.6, 0.2, 0.7], sheet.Table.Records().Select(r => (double)r["toxicity"]!));
        Assert.Equal([20, 21, 30], sheet.Table.Records().Select(r => (double)r["perplexity"]!));
    }

    [Fact]
    public void Readme_OfAStudy_SaysRunsDigestsScorerSeedAndWhatIsMissing()
    {
        var sheets = new PaperSheets("s-1", "Why?", [.. TableSheets.Of(Table(Row("base", 0.6))), .. NeuronSheets.Missing("the statistics have not finished")]);

        string readme = sheets.Readme();

        Assert.All([Source.ModelDigest, Source.PromptsDigest, Source.ScorerDigest, "seed 7", "n = 150", "corrected", "fp32", "Run r-1"], part => Assert.Contains(part, readme, StringComparison.Ordinal));
        Assert.Contains("Not here: the statistics have not finished", readme, StringComparison.Ordinal);
        Assert.DoesNotContain(Source.ModelDigest, sheets.Sheets[0].ShortSource, StringComparison.Ordinal);
        Assert.Contains("SHA-256 aaaaaaaa)", sheets.Sheets[0].ShortSource, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_StudyWithoutResults_SaysWhatEachFigureWaitsForAndDownloadsNothing()
    {
        await using var context = await PageContext.StartAsync();
        string id = await context.Get<StudyCommands>().CreateFourGroupsAsync(FourGroupsTests.Inputs, PageContext.Ada, PageContext.Token);

        var page = context.Render<PaperFiguresPage>(p => p.Add(f => f.StudyId, id));

        await page.WaitForAssertionAsync(() => Assert.Equal(7, page.FindAll(".empty").Count));
        Assert.Contains("No row of the table has its toxicity yet.", page.Markup, StringComparison.Ordinal);
        Assert.True(page.FindAll("button").Single(b => b.TextContent.Contains("Download all", StringComparison.Ordinal)).HasAttribute("disabled"));
    }

    [Fact]
    public async Task Page_OneRowIsThere_DrawsItAndOffersItsNumbers()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.StudyCommands.CreateFourGroupsAsync(FourGroupsTests.Inputs, Actor.Local, TestLab.Token);
        string run = (await lab.Studies.FindAsync(id))!.Nodes.Single(node => node.Key == "reference").Run.Id;
        await lab.Ingest.StoreAsync(run, Events.Numbered(1, Events.Started(), new RowEvent { Row = Rows.Of("base", 0.6, RowFamily.Base) }), TestLab.Token);
        await using var context = new TestPages(lab);

        var page = context.Render<PaperFiguresPage>(p => p.Add(f => f.StudyId, id));
        await page.WaitForElementAsync(".chart");
        await page.FindAll("button").Single(b => b.TextContent.Contains("Download all", StringComparison.Ordinal)).ClickAsync(new());

        Assert.Equal(6, page.FindAll(".empty").Count);
        Assert.Contains(context.JSInterop.Invocations, call => call.Identifier == "import" && call.Arguments[0]!.ToString() == "./js/paper.js");
        Assert.Contains(page.FindAll("a"), a => a.GetAttribute("href") == Urls.StudyFigure(id, "toxicity", "csv"));
    }

    [Fact]
    public async Task Page_NextRowArrives_IsDrawnWithoutAReload()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.StudyCommands.CreateFourGroupsAsync(FourGroupsTests.Inputs, Actor.Local, TestLab.Token);
        string run = (await lab.Studies.FindAsync(id))!.Nodes.Single(node => node.Key == "reference").Run.Id;
        await lab.Ingest.StoreAsync(run, Events.Numbered(1, Events.Started(), new RowEvent { Row = Rows.Of("base", 0.6, RowFamily.Base) }), TestLab.Token);
        await using var context = new TestPages(lab);
        var page = context.Render<PaperFiguresPage>(p => p.Add(f => f.StudyId, id));
        await page.WaitForElementAsync(".chart");
        Assert.Single(page.FindComponent<Chart>().Instance.Figure.Y.Categories!);

        await lab.Ingest.StoreAsync(run, Events.Numbered(3, new RowEvent { Row = Rows.Of("dpo", 0.2, RowFamily.Dpo) }), TestLab.Token);
        await page.WaitForAssertionAsync(() => Assert.Equal(2, page.FindComponent<Chart>().Instance.Figure.Y.Categories!.Count));
    }

    [Fact]
    public void Records_AsJson_KeepNumbersAndLeaveOutNothing()
    {
        var table = new SheetTable(["a", "b"], [[1.5, null], ["x", 2]]);

        Assert.Equal("a,b\n1.5,\nx,2\n", table.Csv());
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(table.Records(), ContractJson.Options));
        Assert.Equal(1.5, json.RootElement[0].GetProperty("a").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.RootElement[0].GetProperty("b").ValueKind);
    }

    private static StudyTable Table(params StudyTableRow[] rows) => new() { Groups = [new StudyTableGroup("Rows", rows)], Runs = ["r-1"], Source = Source };

    private static StudyTableRow Row(string name, double? toxicity, double? perplexity = null)
    {
        RowFamily family = name switch { "base" => RowFamily.Base, "dpo" => RowFamily.Dpo, _ => RowFamily.Ablate };
        return new StudyTableRow
        {
            Name = name,
            Variant = name,
            Family = family,
            RunId = "r-1",
            RunState = RunState.Succeeded,
            Row = toxicity is { } mean ? Rows.Of(name, mean, family) with { Perplexity = perplexity is { } p ? Rows.Perplexity(p) : null } : null,
            Missing = toxicity is null ? "not measured" : null,
        };
    }
}
