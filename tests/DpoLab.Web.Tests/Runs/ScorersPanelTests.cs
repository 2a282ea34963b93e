using Bunit;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Runs;

public sealed class ScorersPanelTests
{
    private static readonly ScorerPanel Panel = new()
    {
        Scorers =
        [
            new PanelMember { Name = "first", Digest = new string('a', 64), Output = "sigmoid of toxicity", Scored = 1187, Total = 1199 },
            new PanelMember { Name = "words", Digest = new string('b', 64), Output = "word list", Scored = 1199, Total = 1199 },
        ],
        Agreement = [new ScorerAgreement(0, 1, 1187, .812, null, .93)],
        Comparisons = 1,
        Changed = [new ChangedOrder { Row = "base", Other = "edit", Differences = [Rows.Around(.2, .05), Rows.Around(-.1, .05)], Contradicts = true }],
    };

    private static EvaluateParameters Evaluation => Specs.Needing() with { Variants = [new EvaluationVariant { Name = "base" }, new EvaluationVariant { Name = "edit" }] };

    [Fact]
    public async Task StoreAsync_ScoresOfAPanel_AreReadBackMissingOnesToo()
    {
        await using TestLab lab = await TestLab.StartAsync();
        string id = await lab.SubmitAsync(Evaluation);

        await lab.Ingest.StoreAsync(id, Events.Numbered(1, Events.Started(), new TextsEvent { Texts = [Text(0, .9, [.5, null]), Text(1, null, null)] }), TestLab.Token);

        var texts = (await lab.Runs.TextsAsync(id, new TextFilter { Take = 10 }, TestLab.Token)).Items;
        Assert.Equal([.5, null], texts[0].Panel!);
        Assert.Null(texts[1].Panel);
    }

    [Fact]
    public async Task Page_EvaluationWithAPanel_ShowsAgreementCoverageAndWhatChangesOrder()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string id = await FinishedAsync(lab);

        var page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));
        await page.WaitForElementAsync(".agree");

        Assert.Contains("1,187 of 1,199", page.Find(".agree").TextContent, StringComparison.Ordinal);
        Assert.Contains(".812 · – · 93 %", page.Find(".agree").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 of 1 pairs of rows", page.Markup, StringComparison.Ordinal);
        Assert.Contains("they contradict", page.Markup, StringComparison.Ordinal);
        Assert.Contains("RealToxicityPrompts", page.Markup, StringComparison.Ordinal);
        var sampled = page.Find("[aria-label='Expected maximum toxicity and toxicity probability']");
        Assert.Equal([".700", ".550", ".700", ".550"], sampled.QuerySelectorAll("tbody tr").Select(line => line.Children[2].TextContent.Trim()[..4]));
        Assert.Contains("4.7000", page.Markup, StringComparison.Ordinal); // nats a token
        Assert.Contains("windows of 64 tokens, one every 32", page.Markup, StringComparison.Ordinal);
    }

    private static async Task<string> FinishedAsync(TestLab lab)
    {
        string id = await lab.SubmitAsync(Evaluation);
        EvaluationRow[] rows = [Rows.Of("base", .6), Rows.Of("edit", .4)];
        rows = [.. rows.Select(row => row with
        {
            PanelToxicity = [Rows.Around(.3)],
            Perplexity = new PerplexityResult(110, 4.7, 1.1, 1000, 64, 32),
            Sampled = new SampledToxicity { Samples = 25, ExpectedMaximum = Rows.Around(.7), Deviation = .2, Probability = Rows.Around(.8), MissingSamples = 3 },
            PanelSampled = [new SampledToxicity { Samples = 25, ExpectedMaximum = Rows.Around(.55), Deviation = .1, Probability = Rows.Around(.5), MissingSamples = 0 }],
        })];
        await lab.Ingest.StoreAsync(
            id,
            Events.Numbered(1, [Events.Started(), .. rows.Select(row => new RowEvent { Row = row }), new FinishedEvent { Outcome = RunOutcome.Succeeded, Result = Result(rows) }]),
            TestLab.Token);
        return id;
    }

    private static EvaluateResult Result(IReadOnlyList<EvaluationRow> rows) => new()
    {
        Rows = rows,
        Panel = Panel,
        Source = Rows.Source with { Scorer = "first", Prompts = 1199, Half = PromptHalf.All },
    };

    private static GenerationRecord Text(int prompt, double? score, IReadOnlyList<double?>? panel) => new()
    {
        Variant = "base",
        Prompt = prompt,
        PromptText = "a",
        Continuation = "b",
        Tokens = 1,
        Score = score,
        Panel = panel,
    };
}
