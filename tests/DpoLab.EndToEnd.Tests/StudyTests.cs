using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.EndToEnd.Tests.Lab;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests;

/// <summary>A person's way from the form to a shared result, with a power cut on the compute host in the middle.</summary>
public sealed class StudyTests
{
    private static readonly TimeSpan StudyLimit = TimeSpan.FromMinutes(9);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Study_ComputeKilledInTheMiddle_FinishesAndIsSharedReadOnly()
    {
        await using var lab = await LabProcess.StartAsync(Stop, "--Lab:Accounts=true");
        await using var browser = await Browser.StartAsync();
        IPage researcher = await browser.NewPersonAsync(lab.Address);
        await Person.BecomeAdministratorAsync(researcher, lab, Stop);
        await DemoInputs.AddAsync(researcher, Stop);

        await StartStudyAsync(researcher);
        await Wait.UntilAsync(() => lab.Processes("dpolab-compute", " run ").Count > 0, TimeSpan.FromMinutes(1), "a run's process works", Stop);
        await WatchProgressMoveAsync(researcher);

        // everything of the compute service dies at once, as in a power cut
        foreach (int process in lab.Processes("dpolab-compute"))
            LabProcess.Kill(process);

        await Assertions.Expect(researcher.GetByText("10 done")).ToBeVisibleAsync(new() { Timeout = (float)StudyLimit.TotalMilliseconds });
        string shared = await ShareAsync(researcher);

        IPage stranger = await browser.NewPersonAsync(lab.Address, width: 1600);
        await stranger.GotoAsync(shared);
        await AssertTableEqualsRunDirectoriesAsync(stranger, lab);
        await AssertReadOnlyAsync(stranger, lab);
    }

    /// <summary>Fills in the form; what would make the study long is set small, in the address as a colleague's link would.</summary>
    private static async Task StartStudyAsync(IPage page)
    {
        await page.GotoAsync("/studies/new?kind=study&steps=40&selectionPrompts=6&alphas=0.05&betas=0.5&ablateCounts=50&steerStrengths=0.2");
        // a page that was drawn on the server takes words only once its circuit is there: what was entered before is entered again
        var entered = new Regex("(?=.*model=)(?=.*promptLimit=24)", RegexOptions.None, TimeSpan.FromSeconds(1));
        await Wait.UntilAsync(
            async () =>
            {
                await page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "demo GPT-2" });
                await page.GetByLabel("First prompts").FillAsync("");
                await page.GetByLabel("First prompts").FillAsync("24");
                return await HasAddressAsync(page, entered);
            },
            TimeSpan.FromSeconds(40),
            "the form's address holds what was entered",
            Stop);
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the study" }).ClickAsync();
        await page.WaitForURLAsync("**/studies/s-*", new() { Timeout = 60_000 });
    }

    private static async Task<bool> HasAddressAsync(IPage page, Regex address)
    {
        try
        {
            await page.WaitForURLAsync(address, new() { Timeout = 3_000 });
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The running node's words change by themselves: nobody reloads.</summary>
    private static async Task WatchProgressMoveAsync(IPage page)
    {
        ILocator fact = page.Locator(".node.running .fact").First;
        string before = await fact.InnerTextAsync(new() { Timeout = 60_000 });
        await Wait.UntilAsync(
            async () => await page.Locator(".node.running").CountAsync() > 0 && await fact.InnerTextAsync() != before,
            TimeSpan.FromMinutes(2),
            "the progress on the page moves",
            Stop);
    }

    private static async Task<string> ShareAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a link" }).ClickAsync();
        return await page.GetByLabel("The new link").InputValueAsync();
    }

    private static async Task AssertTableEqualsRunDirectoriesAsync(IPage page, LabProcess lab)
    {
        ILocator table = page.GetByRole(AriaRole.Region, new() { Name = "Rows of the table" });
        await Assertions.Expect(table).ToBeVisibleAsync(new() { Timeout = 30_000 });
        string[][] shown = await table.Locator("tbody tr:not(.grp)")
            .EvaluateAllAsync<string[][]>("rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))");
        var measured = Results(lab).ToList();
        // no edit of a form may have stayed within a budget: such rows say so, and have no numbers in any run's result
        Assert.Equal(measured.Count, shown.Count(cells => !cells.Contains("missing", StringComparer.Ordinal)));
        foreach (EvaluationRow row in measured)
        {
            string[] numbers = [Share(row.Toxicity!.Mean), row.Perplexity!.Value.ToString("N2", CultureInfo.InvariantCulture), Share(row.F1!.Mean)];
            Assert.Contains(shown, cells => Array.TrueForAll(numbers, number => cells.Contains(number, StringComparer.Ordinal)));
        }
    }

    /// <summary>The rows that the processes themselves wrote, before any database saw them.</summary>
    private static IEnumerable<EvaluationRow> Results(LabProcess lab) =>
        Directory.EnumerateFiles(lab.Data, "result.json", SearchOption.AllDirectories)
            .Select(path => JsonSerializer.Deserialize<RunResult>(File.ReadAllText(path), ContractJson.Options))
            .SelectMany(result => result switch
            {
                EvaluateResult evaluation => evaluation.Rows,
                SweepResult sweep => sweep.Chosen,
                _ => [],
            });

    private static async Task AssertReadOnlyAsync(IPage page, LabProcess lab)
    {
        foreach (string action in new[] { "Share", "Cancel", "Retry", "Edit", "Clone", "Add a run" })
            await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = action, Exact = true })).ToHaveCountAsync(0);
        IAPIResponse api = await page.Context.APIRequest.GetAsync($"{lab.Address}/api/v1/runs");
        Assert.Equal(401, api.Status);
        foreach (string closed in new[] { "/", "/runs", "/studies", "/admin" })
        {
            await page.GotoAsync(closed);
            Assert.Contains("/account/sign-in", page.Url, StringComparison.Ordinal);
        }
    }

    private static string Share(double value) => value.ToString("0.000", CultureInfo.InvariantCulture) is var text && text[0] == '0' ? text[1..] : text;
}
