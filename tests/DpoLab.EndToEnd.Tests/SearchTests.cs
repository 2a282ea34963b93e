using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.EndToEnd.Tests.Lab;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests;

/// <summary>A search in a real browser: started from its form, watched, killed in the middle, gone on, extended.</summary>
public sealed class SearchTests
{
    private const int Trials = 12;
    private const int More = 3;

    private static readonly TimeSpan SearchLimit = TimeSpan.FromMinutes(3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_KilledInTheMiddle_GoesOnLiveWithoutLosingOrRepeatingATrialAndIsExtended()
    {
        await using var lab = await LabProcess.StartAsync(Stop);
        await using var browser = await Browser.StartAsync();
        IPage page = await browser.NewPersonAsync(lab.Address);
        await DemoInputs.AddAsync(page, Stop);
        await DemoStatistics.MeasureAsync(lab, Stop);

        // what makes the trials quick is in the address, as a colleague's link would have it
        await page.GotoAsync("/runs/new?kind=search&selectionPrompts=4&data.prompts.limit=16&data.newTokens=8&data.text.limit=4&forms=live,shift&mostAlpha=0.5");
        string run = await QueueAsync(page, Trials);
        await page.EvaluateAsync("window.notReloaded = true");

        string[][] early = await WatchTrialsComeAsync(page);
        LabProcess.Kill(Assert.Single(lab.Processes("dpolab-compute", " run ", run)));

        await ExpectDoneAsync(page);
        await Assertions.Expect(page.GetByText("1; another process went on")).ToBeVisibleAsync();
        SearchResult found = Result(lab, run);
        string[][] all = await TrialsAsync(page);
        AssertNumbered(found, all, Trials);
        Assert.Equal(early, all[^early.Length..]);
        await AssertFrontIsDrawnAsync(page, found);

        await page.GetByRole(AriaRole.Link, new() { Name = "Extend" }).ClickAsync();
        string extension = await QueueAsync(page, More);
        await ExpectDoneAsync(page);
        SearchResult extended = Result(lab, extension);
        string[][] longer = await TrialsAsync(page);
        AssertNumbered(extended, longer, Trials + More);
        Assert.Equal(all, longer[More..]);
        Assert.Equal([.. Enumerable.Repeat(run, Trials), .. Enumerable.Repeat(extension, More)], extended.Trials.Select(trial => trial.Run));
        Assert.True(await page.EvaluateAsync<bool>("window.notReloaded === true"), "the page was loaded anew");
    }

    /// <summary>Says how many trials, waits until the address holds it, and queues the search.</summary>
    /// <returns>The run's id.</returns>
    private static async Task<string> QueueAsync(IPage page, int trials)
    {
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Trials, minutes" }).FillAsync($"{trials}");
        await Address.BecomesAsync(page, $"trials={trials}", patience: 60_000);
        await page.GetByRole(AriaRole.Button, new() { Name = "Queue the run" }).ClickAsync();
        await Address.BecomesAsync(page, "/runs/r-[^/]+$", patience: 60_000);
        return page.Url[(page.Url.LastIndexOf('/') + 1)..];
    }

    /// <summary>Nobody reloads: the table and the plane take in one trial after the other.</summary>
    /// <returns>The trials that the page showed when a few were there.</returns>
    private static async Task<string[][]> WatchTrialsComeAsync(IPage page)
    {
        await Wait.UntilAsync(async () => await PointsAsync(page) > 0, SearchLimit, "the plane shows a first trial", Stop);
        int drawn = await PointsAsync(page);
        await Wait.UntilAsync(async () => await PointsAsync(page) > drawn, SearchLimit, "the plane takes in another trial by itself", Stop);
        await Wait.UntilAsync(async () => (await TrialsAsync(page)).Length >= Trials / 3, SearchLimit, "a third of the trials is in the table", Stop);
        string[][] shown = await TrialsAsync(page);
        Assert.InRange(shown.Length, Trials / 3, Trials - 1);
        return shown;
    }

    private static Task ExpectDoneAsync(IPage page) => Assertions.Expect(page.GetByText("on the report half", new() { Exact = false }).First)
        .ToBeVisibleAsync(new() { Timeout = (float)SearchLimit.TotalMilliseconds });

    /// <summary>Number, edit and neurons of every trial in the table, the newest first; the other cells are filled in when the search ends.</summary>
    private static Task<string[][]> TrialsAsync(IPage page) => page.Locator("[aria-label=Trials] tbody tr")
        .EvaluateAllAsync<string[][]>("rows => rows.map(row => [...row.cells].slice(0, 3).map(cell => cell.textContent.trim()))");

    /// <summary>Marks of edits that are drawn.</summary>
    private static async Task<int> PointsAsync(IPage page) => (await DrawnAsync(page, "edited")).Length;

    /// <summary>Perplexities of one series of the plane, as they are drawn.</summary>
    private static async Task<double[]> DrawnAsync(IPage page, string series) => await page.EvaluateAsync<double[]>(
        """
        series => [...document.querySelectorAll('[aria-label^="Toxicity against perplexity"] .plot')]
          .flatMap(plot => plot.data ?? [])
          .filter(trace => trace.name === series)
          .flatMap(trace => [...trace.x])
        """,
        series);

    private static void AssertNumbered(SearchResult result, string[][] shown, int trials)
    {
        Assert.Equal(Enumerable.Range(1, trials), result.Trials.Select(trial => trial.Number));
        Assert.Equal(Enumerable.Range(1, trials).Reverse().Select(number => $"{number}"), shown.Select(row => row[0]));
    }

    /// <summary>No other row is better in both, judged here by comparing each with each.</summary>
    private static async Task AssertFrontIsDrawnAsync(IPage page, SearchResult result)
    {
        EvaluationRow[] rows = [result.Base, .. result.Trials.Select(trial => trial.Row).Where(row => row.Toxicity is not null)];
        double[] drawn = [.. await DrawnAsync(page, "edited"), .. await DrawnAsync(page, "base")];
        double[] front =
        [
            .. rows.Where(row => row.Perplexity!.Value <= drawn.Max())
                .Where(row => !rows.Any(other => other != row && other.Perplexity!.Value <= row.Perplexity!.Value && other.Toxicity!.Mean <= row.Toxicity!.Mean))
                .Select(row => row.Perplexity!.Value)
                .Order(),
        ];
        Assert.Equal(front.Length > 1 ? front : [], await DrawnAsync(page, "Pareto front"));
    }

    private static SearchResult Result(LabProcess lab, string run) => Assert.IsType<SearchResult>(JsonSerializer.Deserialize<RunResult>(
        File.ReadAllText(Path.Combine(lab.Data, "compute", "runs", run, "result.json")), ContractJson.Options));
}
