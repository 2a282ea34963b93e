using Bunit;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Charts;
using DpoLab.Web.Runs;
using DpoLab.Web.Tests.Lab;

namespace DpoLab.Web.Tests.Runs;

public sealed class SearchPageTests
{
    private static readonly SearchParameters Parameters = new()
    {
        Model = Specs.Model,
        Neurons = InputRef.OfPath("/data/neurons.safetensors", "neurons"),
        Data = Specs.Data(),
    };

    [Fact]
    public async Task Page_WhileItGoesOn_ShowsTrialsAndMarksThoseThatWereCut()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string id = await lab.SubmitAsync(Parameters);
        EvaluationRow[] rows = [Base, Trial(1, .5, 20.1), Cut(2), Trial(3, .4, 20.4)];
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, [Events.Started("try edits"), .. rows.Select(row => new RowEvent { Row = row })]), TestLab.Token);

        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));

        Assert.Equal(["3", "2", "1"], page.FindAll("table.t tbody tr td:first-child").Select(td => td.TextContent.Trim()));
        Assert.Single(page.FindAll("span.tag"), tag => tag.TextContent == "cut");
        Assert.Equal(1 + 2, page.FindComponent<ToxicityPerplexityChart>().Instance.Rows.Count);
        Assert.Contains("selection half: 2 trials measured, 1 cut", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Extend", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Done_ReportsTheBestOnTheOtherHalfAndOffersToExtend()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string id = await lab.SubmitAsync(Parameters);
        EvaluationRow best = Rows.Of("edit, live, within +1 %", .45, RowFamily.Edit) with { Perplexity = Rows.Perplexity(20.1), Budget = "within +1 %" };
        var text = new GenerationRecord { Variant = best.Variant, Prompt = 3, PromptText = "So", Continuation = "be it", Tokens = 2, Score = .1 };
        RunEvent[] events =
        [
            Events.Started("try edits"),
            .. new[] { Base, Trial(1, .5, 20.1), Cut(2), best }.Select(row => new RowEvent { Row = row }),
            new TextsEvent { Texts = [text] },
            new FinishedEvent { Outcome = RunOutcome.Succeeded, Result = Result(best) },
        ];
        await lab.Ingest.StoreAsync(id, Events.Numbered(1, events), TestLab.Token);

        IRenderedComponent<RunPage> page = pages.Render<RunPage>(p => p.Add(r => r.Id, id));

        Assert.Contains("The best edit, trial 1, on the report half", page.Markup, StringComparison.Ordinal);
        Assert.Contains("be it", page.Markup, StringComparison.Ordinal);
        Assert.Contains("2 tried, 7.50 a minute", page.Markup, StringComparison.Ordinal);
        Assert.Equal($"runs/new?from={id}&extends={id}%3Asearch.json", page.FindAll("a.btn").Single(a => a.TextContent.Contains("Extend", StringComparison.Ordinal)).GetAttribute("href"));
        Assert.Contains("1.90 × perplexity on a quarter", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "trials")]
    [InlineData(0, null, "trials")]
    [InlineData(null, 5.0, null)]
    public void Validate_BudgetOfTrials_NamesTheField(int? trials, double? minutes, string? field)
    {
        IEnumerable<string> wrong = (Parameters with { Trials = trials, Minutes = minutes }).Validate().Select(error => error.Field);

        Assert.Equal(field is null ? [] : [field], wrong);
    }

    [Fact]
    public void Validate_WhatCannotBeSearched_NamesTheFields()
    {
        var wrong = Parameters with { MostAlpha = 0.01, LeastBeta = 0, Budgets = [], Forms = [] };

        Assert.Equal(["budgets", "forms", "mostAlpha", "leastBeta"], wrong.Validate().Select(error => error.Field));
        Assert.Equal(["baseline"], (Parameters with { Budgets = [new("dpo", OfVariant: "dpo")] }).Validate().Select(error => error.Field));
    }

    private static EvaluationRow Base => Rows.Of("base, selection half", .6, RowFamily.Base) with { Perplexity = Rows.Perplexity(20) };

    private static EvaluationRow Trial(int number, double toxicity, double perplexity) =>
        Rows.Of($"trial {number}: edit, live, α 0.1, β 0.{number}", toxicity, RowFamily.Edit) with { Perplexity = Rows.Perplexity(perplexity), MeanTokens = 19 };

    private static EvaluationRow Cut(int number) => Rows.Of($"trial {number}: edit, constant, α 1, β 0.5", 0, RowFamily.Edit) with { Toxicity = null, Cut = "it ruins the text" };

    private static SearchResult Result(EvaluationRow best) => new()
    {
        Trials =
        [
            new() { Number = 1, Run = "r-1", Seed = 1, Random = true, Edit = new EditIntervention { Alpha = .1, Beta = .1 }, Row = Trial(1, .5, 20.1), Seconds = 8, Within = true, OnFront = true, EarlyRatio = 1 },
            new() { Number = 2, Run = "r-1", Seed = 2, Random = true, Edit = new EditIntervention { Alpha = 1, Beta = .5 }, Row = Cut(2), Seconds = 8, NotEligible = "it ruins the text", EarlyRatio = 1.9 },
        ],
        Base = Base,
        Limit = new BudgetLimit("within +1 %", 20.2),
        Best = 1,
        Reported = [best],
        TrialsPerMinute = 7.5,
        Source = Rows.Source,
    };
}
