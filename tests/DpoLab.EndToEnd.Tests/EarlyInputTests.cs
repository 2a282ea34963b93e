using DpoLab.EndToEnd.Tests.Lab;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests;

/// <summary>What a person enters while the page's circuit is still on its way is there when it has come, and the page knows of it.</summary>
[Collection<FinishedStudyTests>]
public sealed class EarlyInputTests(FinishedStudy study)
{
    [Fact]
    public async Task Form_FilledInBeforeTheCircuit_IsInTheAddressOnceItCame()
    {
        var (page, circuit) = await OpenAsync("/studies/new");
        ILocator question = page.GetByLabel("Question", new() { Exact = true });

        await page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "demo GPT-2" });
        await page.GetByLabel("First prompts").FillAsync("24");
        await question.ClickAsync();
        await page.Keyboard.TypeAsync("earlyword");
        for (int i = 0; i < "word".Length; i++)
            await page.Keyboard.PressAsync("ArrowLeft");
        circuit.SetResult();

        await Address.BecomesAsync(page, "(?=.*model=)(?=.*promptLimit=24)(?=.*name=earlyword)");
        await page.Keyboard.TypeAsync(" ");
        await Assertions.Expect(question).ToHaveValueAsync("early word");
    }

    [Fact]
    public async Task Playground_WrittenThroughTheComingOfTheCircuit_LosesNoLetter()
    {
        const string Prompt = "The theory that nobody questions, she said, goes on as it is";
        var (page, circuit) = await OpenAsync("/playground");
        ILocator prompt = page.GetByRole(AriaRole.Textbox, new() { Name = "Prompt", Exact = true });
        await page.GetByLabel("Only the strongest").FillAsync("7");
        await prompt.ClickAsync();

        // g, t and h are shortcuts elsewhere: none of these letters may act as one
        await page.Keyboard.TypeAsync(Prompt[..30], new() { Delay = 25 });
        Task typing = page.Keyboard.TypeAsync(Prompt[30..], new() { Delay = 25 });
        circuit.SetResult();
        await typing;

        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Generate" })).ToBeEnabledAsync();
        await Assertions.Expect(prompt).ToHaveValueAsync(Prompt);
        await Assertions.Expect(prompt).ToBeFocusedAsync();
        await Address.BecomesAsync(page, "[?&]patched=[^&]*%3A7(?:&|$)");
    }

    [Fact]
    public async Task JumpBox_OpenedAndWrittenInBeforeTheCircuit_StaysOpenAndFinds()
    {
        var (page, circuit) = await OpenAsync("/compute");

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("polite");
        circuit.SetResult();

        await Assertions.Expect(page.Locator("dialog[open] [role=option]").First).ToContainTextAsync("“Be polite” prefix");
        await Assertions.Expect(page.GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Runs_TickedAndSearchedBeforeTheCircuit_ListFollows()
    {
        var (page, circuit) = await OpenAsync("/runs");

        ILocator tick = page.GetByLabel("Compare Probe direction");
        await tick.CheckAsync();
        await page.GetByRole(AriaRole.Searchbox).First.FillAsync("direction");
        circuit.SetResult();

        await Address.BecomesAsync(page, "q=direction[^/]*$");
        await Assertions.Expect(tick).ToBeCheckedAsync();
    }

    /// <summary>The page as the server drew it, and what lets its circuit come.</summary>
    private async Task<(IPage Page, TaskCompletionSource Circuit)> OpenAsync(string address)
    {
        IPage page = await study.NewTabAsync();
        var circuit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync("**/_blazor/negotiate*", async route =>
        {
            await circuit.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync(address);
        return (page, circuit);
    }
}
