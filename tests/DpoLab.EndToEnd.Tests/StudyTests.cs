using System.Globalization;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.EndToEnd.Tests.Lab;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests;

/// <summary>A person's way from the form to a shared result, with a power cut on the compute host in the middle.</summary>
[Collection<FinishedStudyTests>]
public sealed class StudyTests(FinishedStudy study)
{
    [Fact]
    public async Task Study_ComputeKilledInTheMiddle_FinishesAndIsSharedReadOnly()
    {
        string shared = await ShareAsync(study.Researcher);

        IPage stranger = await study.Browser.NewPersonAsync(study.Lab.Address, width: 1600);
        await stranger.GotoAsync(shared);
        await AssertTableEqualsRunDirectoriesAsync(stranger, study.Lab);
        await AssertReadOnlyAsync(stranger, study.Lab);
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
