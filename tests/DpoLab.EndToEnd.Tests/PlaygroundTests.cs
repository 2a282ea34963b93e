using System.Diagnostics;
using System.Net.Http.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.EndToEnd.Tests.Lab;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests;

/// <summary>The Playground in a real browser over the demo's model: tokens come, Esc stops them, a link shows the same answer.</summary>
public sealed class PlaygroundTests
{
    private const string Prompt = "You have to be kidding me, you";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Playground_Generate_StreamsStopsAndItsLinkShowsTheSameAnswer()
    {
        await using var lab = await LabProcess.StartAsync(Stop);
        await using var browser = await Browser.StartAsync();
        IPage page = await browser.NewPersonAsync(lab.Address, width: 1600);
        await DemoInputs.AddAsync(page, Stop);
        await DemoStatistics.MeasureAsync(lab, Stop);

        // sampled, so that the seed matters
        await page.GotoAsync($"/playground?columns=base,edited&temperature=1&seed=5&new=24");
        ILocator prompt = page.GetByRole(AriaRole.Textbox, new() { Name = "Prompt", Exact = true });
        await prompt.FillAsync(Prompt);
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Generate" })).ToBeEnabledAsync();

        // the first question loads the model: there is time to stop it
        await page.Keyboard.PressAsync("Control+Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).And(page.Locator(":enabled")).WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByText("stopped").First).ToBeVisibleAsync();

        long began = Stopwatch.GetTimestamp();
        await page.Keyboard.PressAsync("Control+Enter");
        await page.Locator(".token").First.WaitForAsync(new() { Timeout = 60_000 });
        TestContext.Current.SendDiagnosticMessage($"from Ctrl-Enter to the first token on the page: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
        string[] answers = await AnswersAsync(page);
        await Assertions.Expect(page.GetByText("FIRED")).ToBeVisibleAsync();

        IPage colleague = await browser.NewPersonAsync(lab.Address);
        await colleague.GotoAsync(page.Url);
        Assert.Equal(answers, await AnswersAsync(colleague));

        await colleague.GotoAsync(page.Url.Replace("seed=5", "seed=6", StringComparison.Ordinal));
        Assert.NotEqual(answers, await AnswersAsync(colleague));
    }

    [Fact]
    public async Task Playground_ColumnOfASet_ItsLinkShowsTheSameAnswerThoughTheSetGoesOn()
    {
        await using var lab = await LabProcess.StartAsync(Stop);
        await using var browser = await Browser.StartAsync();
        IPage page = await browser.NewPersonAsync(lab.Address, width: 1600);
        await DemoInputs.AddAsync(page, Stop);
        await DemoStatistics.MeasureAsync(lab, Stop);
        using var client = new HttpClient { BaseAddress = new Uri(lab.Address) };
        await SaveSetAsync(client, every: 3);

        await page.GotoAsync("/playground?columns=base,ablated&new=12");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Prompt", Exact = true }).FillAsync(Prompt);
        await page.GetByLabel("Neurons", new() { Exact = true }).SelectOptionAsync("a set");
        await Assertions.Expect(page.GetByText("its page")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Generate" })).ToBeEnabledAsync();
        await page.Keyboard.PressAsync("Control+Enter");
        string[] answers = await AnswersAsync(page);
        await Assertions.Expect(page.GetByText("FIRED")).ToBeVisibleAsync();
        Assert.Contains("a part, v1", answers[1], StringComparison.Ordinal);

        // the link names the version: what becomes of the set does not change it
        await SaveSetAsync(client, every: 2);
        IPage colleague = await browser.NewPersonAsync(lab.Address);
        await colleague.GotoAsync(page.Url);
        Assert.Equal(answers, await AnswersAsync(colleague));
        await Assertions.Expect(colleague.GetByText("an earlier version, pinned")).ToBeVisibleAsync();
    }

    /// <summary>A version of the set “a part”.</summary>
    private static async Task SaveSetAsync(HttpClient client, int every)
    {
        var neurons = Enumerable.Range(0, 700).Where(i => i % every == 0).Select(i => new NeuronIndex(i % 6, i));
        HttpResponseMessage answer = await client.PostAsJsonAsync("/api/v1/neuron-sets", new { name = "a part", run = "r-neurons", neurons }, ContractJson.Options, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>What both columns say once they are scored.</summary>
    private static async Task<string[]> AnswersAsync(IPage page)
    {
        await Assertions.Expect(page.GetByText("perplexity under base")).ToHaveCountAsync(2, new() { Timeout = 60_000 });
        return [.. await page.Locator(".column").AllInnerTextsAsync()];
    }
}
