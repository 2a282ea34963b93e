using System.Text.Json;
using System.Text.RegularExpressions;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.EndToEnd.Tests.Lab;
using DpoLab.Tests;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests;

/// <summary>How long it takes from an event in a run's log to a changed pixel, with many people looking at one run.</summary>
public sealed partial class LiveTests(ITestOutputHelper output)
{
    private const int Viewers = 50;
    private const double LimitMilliseconds = 250;

    /// <summary>Keeps [when, text] each time that the words of the run's progress change.</summary>
    private const string Watch = """
        window.seen = [];
        let last = '';
        const look = () => {
          const words = document.querySelector('.run-progress')?.textContent ?? '';
          if (words !== last) { last = words; requestAnimationFrame(() => window.seen.push([Date.now(), words])); }
        };
        new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task RunPage_FiftyViewers_EventsReachEveryPageWithinAQuarterSecond()
    {
        await using var lab = await LabProcess.StartAsync(Stop);
        await using var browser = await Browser.StartAsync();
        IPage first = await browser.NewPersonAsync(lab.Address);
        await DemoInputs.AddAsync(first, Stop);
        string run = await SubmitTrainingAsync(first);
        var pages = new List<IPage> { first };
        while (pages.Count < Viewers)
            pages.Add(await browser.NewPersonAsync(lab.Address));
        foreach (IPage page in pages)
        {
            await page.AddInitScriptAsync(Watch);
            await page.GotoAsync($"/runs/{run}");
        }

        await Wait.UntilAsync(() => Steps(lab, run).Count > 300, TimeSpan.FromMinutes(9), "the training is at step 300", Stop);
        var latencies = new List<double>();
        var written = Steps(lab, run);
        foreach (IPage page in pages)
            latencies.AddRange(await LatenciesAsync(page, written));
        latencies.Sort();
        double p50 = latencies[latencies.Count / 2];
        double p95 = latencies[(int)(latencies.Count * 0.95)];
        output.WriteLine($"{latencies.Count} changes on {Viewers} pages: p50 {p50:0} ms, p95 {p95:0} ms, most {latencies[^1]:0} ms");
        Assert.True(latencies.Count > 10 * Viewers, $"only {latencies.Count} changes were seen");
        Assert.True(p95 <= LimitMilliseconds, $"p95 is {p95:0} ms, the limit is {LimitMilliseconds:0} ms");
    }

    private static async Task<string> SubmitTrainingAsync(IPage person)
    {
        IAPIResponse answer = await person.Context.APIRequest.PostAsync(
            "/api/v1/runs",
            new()
            {
                DataObject = new
                {
                    name = "many steps",
                    parameters = new
                    {
                        kind = "dpo",
                        model = new { source = "path", location = Repository.Demo("base-model") },
                        pairs = new { file = new { source = "path", location = Repository.Demo("pairs.jsonl") } },
                        steps = 100_000,
                        validateEvery = 100_000,
                        sampleAnswers = 0,
                    },
                },
            });
        string text = await answer.TextAsync();
        Assert.True(answer.Ok, text);
        return JsonSerializer.Deserialize<JsonElement>(text).GetProperty("id").GetString()!;
    }

    /// <summary>When each step of the training was written.</summary>
    private static Dictionary<long, DateTimeOffset> Steps(LabProcess lab, string run)
    {
        string path = Directory.EnumerateFiles(lab.Data, "events.jsonl", SearchOption.AllDirectories).Single(p => p.Contains(run, StringComparison.Ordinal));
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var steps = new Dictionary<long, DateTimeOffset>();
        while (reader.ReadLine() is { } line && line.EndsWith('}'))
        {
            if (JsonSerializer.Deserialize<RunEvent>(line, ContractJson.Options) is ProgressEvent { Unit: "steps" } progress)
                steps.TryAdd((long)progress.Done, progress.Time);
        }

        return steps;
    }

    private static async Task<IEnumerable<double>> LatenciesAsync(IPage page, Dictionary<long, DateTimeOffset> written)
    {
        var seen = await page.EvaluateAsync<JsonElement>("() => window.seen");
        return seen.EnumerateArray()
            .Select(change => (At: change[0].GetDouble(), Step: StepWords().Match(change[1].GetString()!)))
            .Where(change => change.Step.Success)
            .Select(change => (change.At, Step: long.Parse(change.Step.Groups["step"].Value.Replace(",", "", StringComparison.Ordinal), null)))
            .Where(change => written.ContainsKey(change.Step))
            .Select(change => change.At - written[change.Step].ToUnixTimeMilliseconds())
            .Skip(1) // the first is the page's own loading
            .ToList();
    }

    [GeneratedRegex(@"(?<step>[\d,]+) of [\d,]+ steps", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StepWords();
}
