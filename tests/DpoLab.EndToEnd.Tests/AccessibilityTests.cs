using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.EndToEnd.Tests.Lab;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests;

/// <summary>axe reports nothing serious on any page, in light and dark, with the results of a study and in a new lab.</summary>
[Collection<FinishedStudyTests>]
public sealed class AccessibilityTests(FinishedStudy study)
{
    private static readonly string[] Kinds = [.. Enum.GetValues<RunKind>().Select(kind => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString()))];

    private static readonly string[] Tabs = ["overview", "live", "parameters", "metrics", "texts", "log", "artifacts", "reproduce"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryPage_NewLab_HasNothingSerious()
    {
        await using var lab = await LabProcess.StartAsync(Stop);
        IPage page = await study.Browser.NewPersonAsync(lab.Address);
        await AssertCleanAsync(
            page,
            "/", "/models", "/datasets", "/runs", "/runs/new", "/studies/new", "/runs/r-missing0", "/compare", "/studies", "/studies/s-missing0", "/studies/s-missing0/interventions",
            "/neurons", "/neurons/r-missing0", "/neuron-sets", "/neuron-sets/9", "/playground", "/lens", "/compute", "/admin", "/not-found");
    }

    // long: the forms are made of the same fields, and the dialogs' test opens one of them each time
    [Fact]
    [Trait("Category", "Long")]
    public async Task EveryForm_OfAStockedLab_HasNothingSerious()
    {
        IPage page = await study.NewTabAsync();
        await AssertCleanAsync(page, ["/studies/new", .. Kinds.Select(kind => $"/runs/new?kind={kind}")]);
    }

    [Fact]
    public async Task EveryPage_OfAFinishedStudy_HasNothingSerious()
    {
        IPage page = await study.NewTabAsync();
        var runs = await RunsAsync();
        string neurons = runs.First(run => run.Kind == "neurons").Id, tuned = runs.First(run => run.Kind == "dpo").Id;
        string[] evaluations = [.. runs.Where(run => run.Kind == "evaluate").Take(3).Select(run => run.Id)];
        await AssertCleanAsync(
            page,
            [
                "/", "/models", "/models?show=1", $"/models?show={tuned}:model-best", "/datasets", "/datasets?show=1", "/runs", "/runs?q=nothing+has+this+name",
                $"/compare?runs={string.Join(',', evaluations)}", "/studies", $"/studies/{study.Id}", $"/studies/{study.Id}/interventions", $"/studies/{study.Id}/figures",
                "/neurons", $"/neurons/{neurons}", $"/neurons/{neurons}?where=group+%3D+TP", $"/neurons/{neurons}/3/10", $"/neurons/{neurons}/figures",
                "/neuron-sets", await SaveSetAsync(neurons), "/playground", "/lens", "/compute", "/admin",
                .. Tabs.Select(tab => $"/runs/{tuned}?tab={tab}"),
                .. runs.Where(run => run.Id != tuned).DistinctBy(run => run.Kind).Select(run => $"/runs/{run.Id}"),
                $"/runs/{evaluations[0]}?tab=texts", $"/runs/{await FailAsync()}",
            ]);
    }

    [Theory]
    [InlineData("/models", "Add")]
    [InlineData("/models?show=1", "Verify")]
    [InlineData("/datasets", "Add")]
    [InlineData("/", "Shortcuts and help")]
    [InlineData("/", "Find a run")]
    [InlineData("/runs/new?kind=evaluate", "As JSON")]
    [InlineData("/runs/new?kind=evaluate", "From a run")]
    public async Task EveryDialog_Opened_HasNothingSeriousAndGivesTheFocusBack(string address, string opener)
    {
        IPage page = await study.NewTabAsync();
        Assert.Empty(await Axe.OpenAsync(page, address));
        ILocator button = page.GetByRole(AriaRole.Button, new() { Name = opener }).First;
        await button.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("dialog[open]").WaitForAsync();

        Assert.Empty(await Axe.LookAsync(page, $"{address}, {opener}"));

        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("dialog[open]")).ToHaveCountAsync(0);
        await Assertions.Expect(button).ToBeFocusedAsync();
    }

    private static async Task AssertCleanAsync(IPage page, params string[] addresses)
    {
        var found = new List<string>();
        foreach (string address in addresses)
            found.AddRange(await Axe.OpenAsync(page, address));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private async Task<IReadOnlyList<(string Id, string Kind)>> RunsAsync()
    {
        IAPIResponse answer = await study.Researcher.Context.APIRequest.GetAsync("/api/v1/runs?take=100");
        return [.. (await answer.JsonAsync())!.Value.GetProperty("items").EnumerateArray().Select(run => (run.GetProperty("id").GetString()!, run.GetProperty("kind").GetString()!))];
    }

    /// <summary>The page of a set of toxic-aligned neurons, which is made.</summary>
    private async Task<string> SaveSetAsync(string neurons)
    {
        IAPIResponse answer = await study.Researcher.Context.APIRequest.PostAsync(
            "/api/v1/neuron-sets", new() { DataObject = new { name = "toxic", run = neurons, where = "toxic-rank <= 64" } });
        Assert.True(answer.Ok, await answer.TextAsync());
        return $"/neuron-sets/{(await answer.JsonAsync())!.Value.GetProperty("id").GetInt32()}";
    }

    /// <summary>A run that has failed: its model is not there.</summary>
    private async Task<string> FailAsync()
    {
        const string Id = "r-fa1ledzz";
        RunParameters parameters = new DirectionParameters { Model = InputRef.OfPath("/nowhere/a-model"), Method = DirectionMethod.EmbeddingDifference };
        string body = JsonSerializer.Serialize(new { id = Id, name = "fails", parameters }, ContractJson.Options);
        var request = study.Researcher.Context.APIRequest;
        IAPIResponse answer = await request.PostAsync("/api/v1/runs", new() { DataString = body, Headers = [new("Content-Type", "application/json")] });
        Assert.True(answer.Ok, await answer.TextAsync());
        await Wait.UntilAsync(
            async () => (await (await request.GetAsync($"/api/v1/runs/{Id}")).TextAsync()).Contains("\"state\":\"failed\"", StringComparison.Ordinal),
            TimeSpan.FromMinutes(1),
            "the run fails",
            Stop);
        return Id;
    }
}
