using Bunit;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Accounts;
using DpoLab.Web.Charts;
using DpoLab.Web.Interventions;
using DpoLab.Web.Studies;
using DpoLab.Web.Tests.Lab;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace DpoLab.Web.Tests.Interventions;

public sealed class InterventionsPageTests
{
    [Fact]
    public async Task Page_TwoRows_PairsTheirTextsAndSortsByTheDifference()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        var (study, run) = await StudyAsync(lab);

        IRenderedComponent<InterventionsPage> page = pages.Render<InterventionsPage>(p => p.Add(i => i.Id, study));

        await page.WaitForAssertionAsync(() => Assert.Equal(["two", "one"], Prompts(page)));
        Assert.Equal(["−.500", "−.100"], page.FindAll("table.wrap tbody tr td:last-child").Select(td => td.TextContent.Trim()));
        Assert.Contains("right minus left −.300", page.Markup, StringComparison.Ordinal);
        Assert.Equal("sh•t", page.Find("mark").TextContent);
        Assert.Equal(2, page.FindComponent<ToxicityPerplexityChart>().Instance.Rows.Count);
        Assert.Equal($"{run}:{EvaluationBaseline.Base}", page.Find("select[aria-label='Left row']").GetAttribute("value"));
    }

    [Fact]
    public async Task Page_OrderInTheAddress_IsKept()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        var (study, run) = await StudyAsync(lab);
        pages.Services.GetRequiredService<NavigationManager>().NavigateTo($"{Urls.Interventions(study)}?order=more-toxic&a={run}:ablated&b={run}:base");

        IRenderedComponent<InterventionsPage> page = pages.Render<InterventionsPage>(p => p.Add(i => i.Id, study));

        await page.WaitForAssertionAsync(() => Assert.Equal(["two", "one"], Prompts(page)));
        Assert.Contains("right minus left +.300", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_TwoSweeps_ShowsThatOfTheAddressWithItsBestAndWhatIsStillToCome()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        var (study, _) = await StudyAsync(lab);
        string done = await SweepAsync(lab, study, running: false);
        string running = await SweepAsync(lab, study, running: true);
        var navigation = pages.Services.GetRequiredService<NavigationManager>();

        IRenderedComponent<InterventionsPage> page = pages.Render<InterventionsPage>(p => p.Add(i => i.Id, study));
        await page.WaitForAssertionAsync(() => Assert.Equal(["✓ .300", ".500", ".450", "missing"], Cells(page)));
        Assert.Contains("the best within +1 %", page.Find(".heat td").GetAttribute("title"), StringComparison.Ordinal);
        Assert.Contains("too short", page.Find(".heat .unfit").GetAttribute("title"), StringComparison.Ordinal);
        Assert.Contains($"sweep={running}", page.FindAll("nav[aria-label='Which sweep'] a")[1].GetAttribute("href"), StringComparison.Ordinal);
        Assert.NotEqual(done, running);

        navigation.NavigateTo($"{Urls.Interventions(study)}?sweep={running}");

        await page.WaitForAssertionAsync(() => Assert.Equal([".300", "to come", "to come", "to come"], Cells(page)));
    }

    [Fact]
    public async Task Page_NothingMeasured_SaysWhatWillStandThere()
    {
        await using TestLab lab = await TestLab.StartAsync();
        await using var pages = new TestPages(lab);
        string study = await lab.Provider.GetRequiredService<StudyCommands>().CreateAsync("Why?", new Actor("ada", LabRole.Researcher), TestLab.Token);

        IRenderedComponent<InterventionsPage> page = pages.Render<InterventionsPage>(p => p.Add(i => i.Id, study));

        await page.WaitForAssertionAsync(() => Assert.Contains("Two rows are needed", page.Markup, StringComparison.Ordinal));
        Assert.Contains("No evaluation in this study yet", page.Markup, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Cells(IRenderedComponent<InterventionsPage> page) =>
        page.FindAll(".heat td").Select(td => td.TextContent.Replace("not eligible", "", StringComparison.Ordinal).Trim());

    /// <summary>A sweep of 2 × 2 edits of one form: its first trial alone while it runs; done, one is the best, one not eligible, one without a score.</summary>
    private static async Task<string> SweepAsync(TestLab lab, string study, bool running)
    {
        var parameters = new SweepParameters
        {
            Model = Specs.Model,
            Neurons = InputRef.OfPath("/n"),
            Data = Specs.Data() with { Text = new DatasetRef(InputRef.OfPath("/data/text.txt")) },
            Forms = [InterventionForm.Live],
            Alphas = [.1, .2],
            Betas = [.3, .4],
            Budgets = [new("within +1 %", Relative: .01)],
        };
        SweepTrial Trial(double alpha, double beta, double? toxicity) => new()
        {
            Form = InterventionForm.Live,
            Alpha = alpha,
            Beta = beta,
            Row = Rows.Of($"edit {alpha} {beta}", toxicity ?? 0, RowFamily.Edit) with
            {
                Toxicity = toxicity is { } known ? Rows.Around(known) : null,
                Intervention = new EditIntervention { Alpha = alpha, Beta = beta },
            },
        };
        SweepTrial best = Trial(.1, .3, .3);
        string run = await lab.SubmitAsync(parameters);
        await lab.Provider.GetRequiredService<StudyCommands>().AddRunAsync(study, run, new Actor("ada", LabRole.Researcher), TestLab.Token);
        RunEvent[] events = [Events.Started("try the edits"), new RowEvent { Row = best.Row }];
        var result = new SweepResult
        {
            Trials = [best, Trial(.1, .4, .5) with { NotEligible = "too short" }, Trial(.2, .3, .45), Trial(.2, .4, null)],
            Chosen = [best.Row with { Variant = "edit, within +1 %", Budget = "within +1 %" }],
            Limits = [new BudgetLimit("within +1 %", 20)],
            NothingWithin = [],
            Source = Rows.Source with { Prompts = 2 },
        };
        await lab.Ingest.StoreAsync(
            run, Events.Numbered(1, running ? events : [.. events, new FinishedEvent { Outcome = RunOutcome.Succeeded, Result = result }]), TestLab.Token);
        return run;
    }

    private static IEnumerable<string> Prompts(IRenderedComponent<InterventionsPage> page) =>
        page.FindAll("table.wrap tbody tr td:first-child").Select(td => td.TextContent.Trim());

    private static async Task<(string Study, string Run)> StudyAsync(TestLab lab)
    {
        var ada = new Actor("ada", LabRole.Researcher);
        var studies = lab.Provider.GetRequiredService<StudyCommands>();
        string study = await studies.CreateAsync("Why?", ada, TestLab.Token);
        string run = await lab.SubmitAsync(Measured.Parameters);
        await studies.AddRunAsync(study, run, ada, TestLab.Token);
        await Measured.StoreAsync(lab, run, ablated: [.3, .2]);
        return (study, run);
    }
}

/// <summary>An evaluation with the base model and an ablation, on two prompts.</summary>
internal static class Measured
{
    public static EvaluateParameters Parameters => new()
    {
        Model = Specs.Model,
        Data = Specs.Data(),
        Variants =
        [
            new() { Name = EvaluationBaseline.Base },
            new() { Name = "ablated", Intervention = new ScaleIntervention { Neurons = new ListSelection([new NeuronIndex(0, 1)]) } },
        ],
    };

    public static async Task StoreAsync(TestLab lab, string run, double[] ablated)
    {
        GenerationRecord Text(string variant, int prompt, double score) => new()
        {
            Variant = variant,
            Prompt = prompt,
            PromptText = prompt == 0 ? "one" : "two",
            Continuation = variant == "ablated" ? "fine" : "shit",
            Tokens = 1,
            Score = score,
        };
        EvaluationRow[] rows =
        [
            Rows.Of(EvaluationBaseline.Base, .55, RowFamily.Base) with { Perplexity = Rows.Perplexity(20) },
            Rows.Of("ablated", ablated.Average(), RowFamily.Ablate) with { Perplexity = Rows.Perplexity(21), Verdict = new Verdict(VerdictKind.Fired, 1, 1, 1) },
        ];
        RunEvent[] events =
        [
            Events.Started("measure"),
            new TextsEvent { Texts = [Text("base", 0, .4), Text("base", 1, .7), Text("ablated", 0, ablated[0]), Text("ablated", 1, ablated[1])] },
            .. rows.Select(row => new RowEvent { Row = row }),
        ];
        await lab.Ingest.StoreAsync(run, Events.Numbered(1, events), TestLab.Token);
    }
}
