using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.EndToEnd.Tests.Lab;
using DpoLab.Tests;
using Microsoft.Playwright;

namespace DpoLab.EndToEnd.Tests;

/// <summary>The Neurons page in a real browser, at the scale of an 8-billion-parameter model.</summary>
public sealed class NeuronsTests
{
    private const string Id = "r-synthetic";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Map_Brushed_ListAndGroupsFollowAndTheLinkSharesIt()
    {
        SyntheticNeurons neurons = SyntheticNeurons.Llama8B();
        await using var lab = await LabProcess.StartAsync(Stop);
        await TakeInAsync(lab, neurons);
        await using var browser = await Browser.StartAsync();
        IPage page = await browser.NewPersonAsync(lab.Address, width: 1600);

        await OpenFromTheListAsync(page);
        await Assertions.Expect(page.GetByText("showing 14 of 458,752")).ToBeVisibleAsync();

        // the right half of the map, below zero: toxic-aligned neurons that DPO lowered
        await DragAsync(page, (.6, .5), (.98, .95));
        await Address.BecomesAsync(page, "box=");
        int expected = Count(neurons, BoxOf(page.Url));
        await Assertions.Expect(page.GetByText($"showing {Math.Min(14, expected)} of {expected.ToString("N0", CultureInfo.InvariantCulture)} chosen")).ToBeVisibleAsync();
        Assert.InRange(expected, 1, 458_751);
        string[] shown = [.. await page.Locator("table a[href*='/r-synthetic/']").AllInnerTextsAsync()];

        await SaveAsSetAsync(page, expected);

        IPage colleague = await browser.NewPersonAsync(lab.Address, width: 1600);
        await colleague.GotoAsync(page.Url);
        await Assertions.Expect(colleague.GetByText($"{expected.ToString("N0", CultureInfo.InvariantCulture)} chosen", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal(shown, await colleague.Locator("table a[href*='/r-synthetic/']").AllInnerTextsAsync());

        await page.GetByRole(AriaRole.Textbox, new() { Name = "Condition" }).FillAsync("group = AN");
        await page.GetByRole(AriaRole.Button, new() { Name = "Choose" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No neuron is in this choice.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task NeuronPage_OfARealModel_ShowsWhatItsVectorsSayAndWhereItFires()
    {
        await using var lab = await LabProcess.StartAsync(Stop);
        await TakeInDemoAsync(lab);
        await using var browser = await Browser.StartAsync();
        IPage page = await browser.NewPersonAsync(lab.Address, width: 1600);

        await page.GotoAsync($"/neurons/{Id}/3/10");

        var patient = new LocatorAssertionsToBeVisibleOptions { Timeout = 90_000 };
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Layer 3, neuron 10" })).ToBeVisibleAsync(patient);
        await Assertions.Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "promotes" })).ToBeVisibleAsync(patient);
        await Assertions.Expect(page.GetByText("showing 6 of 24 texts read")).ToBeVisibleAsync(patient);
        string[][] peaks = await page.Locator("td.firing").EvaluateAllAsync<string[][]>("cells => cells.map(cell => [...cell.parentElement.cells].slice(2).map(c => c.textContent.trim()))");
        Assert.Equal(6, peaks.Length);
        Assert.All(peaks, row => Assert.Equal(row[0], row[1]));
        Assert.NotEqual(0, await page.Locator("td.firing .x3").CountAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Patch it" }).ClickAsync();
        await Address.BecomesAsync(page, @"\?do=patch&prompt=[^/]*$");
        await page.GetByRole(AriaRole.Link, new() { Name = "Evaluate it on all prompts…" }).ClickAsync();
        await Address.BecomesAsync(page, @"/runs/new\?kind=evaluate[^/]*L3\.10[^/]*$");
    }

    [Fact]
    public async Task NeuronPage_Ablated_ShowsItsEffectAtOnceAndTheLinkShowsItAgain()
    {
        await using var lab = await LabProcess.StartAsync(Stop);
        await TakeInDemoAsync(lab);
        await using var browser = await Browser.StartAsync();
        IPage page = await browser.NewPersonAsync(lab.Address, width: 1600);
        await DemoInputs.AddAsync(page, Stop);
        await page.GotoAsync($"/neurons/{Id}/5/25"); // in the demo's study the neuron whose projection falls most
        await Assertions.Expect(page.GetByText("showing 6 of 24 texts read")).ToBeVisibleAsync(new() { Timeout = 90_000 });

        long began = Stopwatch.GetTimestamp();
        await page.GetByRole(AriaRole.Button, new() { Name = "Ablate it" }).ClickAsync();
        await page.Locator(".effect .token").First.WaitForAsync(new() { Timeout = 60_000 });
        TestContext.Current.SendDiagnosticMessage($"from Ablate it to the first token: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
        string[][] rows = await EffectAsync(page);
        TestContext.Current.SendDiagnosticMessage($"to the last of four prompts and three models: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");

        Assert.Equal(4 * 3, rows.Length);
        foreach (string[][] prompt in rows.Chunk(3))
        {
            Assert.Contains("FIRED", prompt[1][0], StringComparison.Ordinal);
            Assert.Matches(@"→ .* points", prompt[1][4]);
            // the tuned model is the base model here
            Assert.Contains("same text", prompt[2][1], StringComparison.Ordinal);
            Assert.Equal($"{prompt[0][2]} .000", prompt[2][2]);
            Assert.Equal($"{prompt[0][3]} 0", prompt[2][3]);
        }

        Assert.Equal("true", await page.GetByRole(AriaRole.Button, new() { Name = "Ablate it" }).GetAttributeAsync("aria-pressed"));
        IPage colleague = await browser.NewPersonAsync(lab.Address, width: 1600);
        await colleague.GotoAsync(page.Url);
        Assert.Equal(rows, await EffectAsync(colleague));

        await colleague.GetByRole(AriaRole.Button, new() { Name = "Edit it" }).ClickAsync();
        await Address.BecomesAsync(colleague, @"\?do=edit&prompt=[^/]*$");
        await colleague.GetByRole(AriaRole.Textbox, new() { Name = "Strength α" }).FillAsync("1");
        await colleague.Keyboard.PressAsync("Enter");
        await Address.BecomesAsync(colleague, @"\?do=edit&alpha=1&prompt=[^/]*$");
        // weakened all the way is ablated, whichever way the invented group would have it moved: factor 0 or 2
        string[][] edited = await EffectAsync(colleague);
        Assert.Equal(rows.Where((_, i) => i % 3 == 0), edited.Where((_, i) => i % 3 == 0));
    }

    /// <summary>What the panel says in each row, when all has been answered: model, text, toxicity, projection, next token.</summary>
    private static async Task<string[][]> EffectAsync(IPage page)
    {
        await Assertions.Expect(page.Locator(".effect .panel > header")).ToContainTextAsync("on 4 prompts", new() { Timeout = 90_000 });
        await Assertions.Expect(page.Locator(".effect [data-escape]")).ToHaveCountAsync(0, new() { Timeout = 90_000 });
        return await page.Locator(".effect tbody tr:not(.grp)").EvaluateAllAsync<string[][]>(@"rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim().replace(/\s+/g, ' ')))");
    }

    /// <summary>
    /// Invented statistics of the demo model's shape; what the page asks the models is real. Base and tuned are one model, so their numbers are the same.
    /// </summary>
    private static async Task TakeInDemoAsync(LabProcess lab)
    {
        string direction = Path.Combine(lab.Data, "direction.safetensors");
        await File.WriteAllBytesAsync(direction, SyntheticNeurons.Direction(width: 192), Stop);
        InputRef model = InputRef.OfPath(Repository.Demo("base-model"), "demo GPT-2");
        await TakeInAsync(lab, SyntheticNeurons.Of(6, 768, seed: 2), new NeuronsParameters
        {
            Base = model,
            Tuned = model,
            Direction = InputRef.OfPath(direction, "direction"),
            Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl"), "prompts")),
        });
    }

    [Fact]
    public async Task PaperFigures_Downloaded_AreAnSvgThatHoldsItsWordsAndAZipOfAllOfThem()
    {
        await using var lab = await LabProcess.StartAsync(Stop);
        await TakeInAsync(lab, SyntheticNeurons.Of(6, 768, seed: 2));
        await using var browser = await Browser.StartAsync();
        IPage page = await browser.NewPersonAsync(lab.Address);
        await page.GotoAsync($"/neurons/{Id}/figures");
        await page.WaitForSelectorAsync(".chart[data-drawn]", new() { Timeout = 60_000 });

        XDocument groups = XDocument.Parse(await File.ReadAllTextAsync(await DownloadAsync(page, "The four groups as SVG"), Stop));
        Assert.Equal("720", groups.Root!.Attribute("width")!.Value);
        Assert.Contains("@font-face", groups.Root.Value, StringComparison.Ordinal);
        Assert.Contains($"Run {Id}.", groups.Root.Value, StringComparison.Ordinal);
        Assert.Contains("raised against it", groups.Root.Value, StringComparison.Ordinal);

        byte[] png = await File.ReadAllBytesAsync(await DownloadAsync(page, "The four groups as PNG"), Stop);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
        Assert.Equal(2250, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));

        await using ZipArchive all = await ZipFile.OpenReadAsync(await DownloadAsync(page, "Download all"), Stop);
        string[] names = [.. all.Entries.Select(entry => entry.FullName)];
        Assert.Equal(["cumulative.csv", "cumulative.svg", "density.csv", "density.svg", "groups.csv", "groups.svg", "layers.csv", "layers.svg"], names.Where(name => name != "README.md" && !name.StartsWith("toxic", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        foreach (ZipArchiveEntry entry in all.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(Stop));
            string text = await reader.ReadToEndAsync(Stop);
            Assert.NotEmpty(text);
            if (entry.Name == "groups.csv")
            {
                using var client = new HttpClient { BaseAddress = new Uri(lab.Address) };
                Assert.Equal(await client.GetStringAsync($"/api/v1/runs/{Id}/figures/groups.csv", Stop), text);
            }
        }
    }

    private static async Task<string> DownloadAsync(IPage page, string button)
    {
        // a click is lost while the page's circuit is not there yet
        IDownload? download = null;
        await Wait.UntilAsync(
            async () =>
            {
                try
                {
                    download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync(), new() { Timeout = 15_000 });
                }
                catch (TimeoutException)
                {
                    return false;
                }

                return true;
            },
            TimeSpan.FromMinutes(1),
            $"“{button}” downloads",
            Stop);
        return await download!.PathAsync();
    }

    private static async Task SaveAsSetAsync(IPage page, int expected)
    {
        string address = page.Url;
        await page.GetByRole(AriaRole.Button, new() { Name = "Save as set" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("brushed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Address.BecomesAsync(page, "/neuron-sets/1$");
        await Assertions.Expect(page.GetByText($"{expected.ToString("N0", CultureInfo.InvariantCulture)} of 458,752 neurons")).ToBeVisibleAsync();
        await page.GotoAsync(address);
        await Assertions.Expect(page.GetByText(" chosen").First).ToBeVisibleAsync();
    }

    /// <summary>From the click on a link to all points drawn.</summary>
    private static async Task OpenFromTheListAsync(IPage page)
    {
        await page.GotoAsync("/neurons");
        ILocator link = page.Locator($"table a[href$='{Id}']");
        long began = Stopwatch.GetTimestamp();
        await link.ClickAsync();
        await page.WaitForSelectorAsync(".chart.map[data-points='458752']", new() { Timeout = 60_000 });
        TestContext.Current.SendDiagnosticMessage($"458,752 points from click to drawn: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
    }

    private static async Task DragAsync(IPage page, (double X, double Y) from, (double X, double Y) to)
    {
        LocatorBoundingBoxResult box = (await page.Locator(".chart.map").BoundingBoxAsync())!;
        float X(double share) => (float)(box.X + (box.Width * share));
        float Y(double share) => (float)(box.Y + (box.Height * share));
        await page.Mouse.MoveAsync(X(from.X), Y(from.Y));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(X(to.X), Y(to.Y), new() { Steps = 5 });
        await page.Mouse.UpAsync();
    }

    private static double[] BoxOf(string url) =>
    [
        .. Uri.UnescapeDataString(Regex.Match(url, "box=(?<box>[^&]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["box"].Value)
            .Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)),
    ];

    private static int Count(SyntheticNeurons neurons, double[] box) => Enumerable.Range(0, neurons.Code.Length).Count(i =>
    {
        double change = neurons.ProjectionAfter[i] - neurons.ProjectionBefore[i];
        return neurons.Cosine[i] >= box[0] && neurons.Cosine[i] <= box[1] && change >= box[2] && change <= box[3];
    });

    private static async Task TakeInAsync(LabProcess lab, SyntheticNeurons neurons, NeuronsParameters? made = null)
    {
        RunSpec spec = neurons.WriteRun(Path.Combine(lab.Data, "compute", "runs"), Id, made);
        using var client = new HttpClient { BaseAddress = new Uri(lab.Address) };
        HttpResponseMessage answer = await client.PostAsJsonAsync("/api/v1/runs", new { id = Id, name = spec.Name, parameters = spec.Parameters }, ContractJson.Options, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
        await Wait.UntilAsync(
            async () => (await client.GetStringAsync($"/api/v1/runs/{Id}", Stop)).Contains("\"state\":\"succeeded\"", StringComparison.Ordinal),
            TimeSpan.FromMinutes(1),
            "the run is taken in",
            Stop);
    }
}
