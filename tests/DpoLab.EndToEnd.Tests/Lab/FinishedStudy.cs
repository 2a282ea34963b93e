using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests.Lab;

/// <summary>
/// A lab with accounts whose study was started in the form, lost its compute service in the middle, and finished nevertheless. It takes minutes, so the tests that
/// need real results share it and change nothing in it that others read.
/// </summary>
public sealed class FinishedStudy : IAsyncLifetime
{
    private static readonly TimeSpan StudyLimit = TimeSpan.FromMinutes(9);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal LabProcess Lab { get; private set; } = null!;

    internal Browser Browser { get; private set; } = null!;

    /// <summary>The signed-in administrator, on the study's page.</summary>
    internal IPage Researcher { get; private set; } = null!;

    /// <summary>The study's id.</summary>
    internal string Id { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Lab = await LabProcess.StartAsync(Stop, "--Lab:Accounts=true");
        Browser = await Browser.StartAsync();
        Researcher = await Browser.NewPersonAsync(Lab.Address);
        await Person.BecomeAdministratorAsync(Researcher, Lab, Stop);
        await DemoInputs.AddAsync(Researcher, Stop);

        await StartStudyAsync(Researcher);
        Id = new Uri(Researcher.Url).Segments[^1];
        await Wait.UntilAsync(() => Lab.Processes("dpolab-compute", " run ").Count > 0, TimeSpan.FromMinutes(1), "a run's process works", Stop);
        await WatchProgressMoveAsync(Researcher);

        // everything of the compute service dies at once, as in a power cut
        foreach (int process in Lab.Processes("dpolab-compute"))
            LabProcess.Kill(process);

        await Assertions.Expect(Researcher.GetByText("10 done")).ToBeVisibleAsync(new() { Timeout = (float)StudyLimit.TotalMilliseconds });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // null where the start failed
        if (Browser is not null)
            await Browser.DisposeAsync();
        if (Lab is not null)
            await Lab.DisposeAsync();
    }

    /// <summary>Another tab of the researcher's.</summary>
    internal Task<IPage> NewTabAsync() => Researcher.Context.NewPageAsync();

    /// <summary>Fills in the form; what would make the study long is set small, in the address as a colleague's link would.</summary>
    private static async Task StartStudyAsync(IPage page)
    {
        await page.GotoAsync("/studies/new?kind=study&steps=40&selectionPrompts=6&alphas=0.05&betas=0.5&ablateCounts=50&steerStrengths=0.2");
        await page.GetByLabel("Model", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "demo GPT-2" });
        await page.GetByLabel("First prompts").FillAsync("24");
        await Address.BecomesAsync(page, "(?=.*model=)(?=.*promptLimit=24)");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the study" }).ClickAsync();
        await Address.BecomesAsync(page, "/studies/s-[^/]*$", patience: 60_000);
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
}

/// <summary>The tests that share one finished study, one after the other.</summary>
[CollectionDefinition]
public sealed class FinishedStudyTests : ICollectionFixture<FinishedStudy>;
