using System.Text.Json;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Runs;
using DpoLab.Compute.Tests.Hosting;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Runs;

/// <summary>Whole searches over the demo's model and a few records: stopped, killed, gone on, extended.</summary>
public sealed class SearchRunTests : IDisposable
{
    private readonly RunFolder runs = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SearchParameters Parameters
    {
        get
        {
            string statistics = runs.File("neurons.safetensors");
            if (!File.Exists(statistics))
                NeuronStatisticsFile.Write(statistics, SomeStatistics());
            return new SearchParameters
            {
                Model = Specs.Model,
                Neurons = InputRef.OfPath(statistics),
                Trials = 8,
                Budgets = [new("within +5 %", Relative: 0.05)],
                SelectionPrompts = 4,
                Data = new EvaluationData
                {
                    Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl")), Limit: 12),
                    Text = new DatasetRef(InputRef.OfPath(Repository.Demo("text.txt")), Limit: 8),
                    Scorer = InputRef.OfPath(Repository.Demo("scorer")),
                    NewTokens = 6,
                    BootstrapResamples = 100,
                    PublishedPerplexity = false,
                },
            };
        }
    }

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Run_Stopped_GoesOnWithTheTrialsOfOneThatWasNot()
    {
        var whole = runs.Run<SearchResult>("r-whole", Parameters);
        runs.Interrupt("r-stopped", Parameters);
        var resumed = runs.Run<SearchResult>("r-stopped", Parameters);

        Assert.Equal(Enumerable.Range(1, 8), whole.Trials.Select(t => t.Number));
        Assert.Equal([true, true, false], whole.Trials.Take(3).Select(t => t.Random));
        Assert.Equal(Told(whole), Told(resumed));
        Assert.Equal(whole.Best, resumed.Best);
        Assert.NotNull(whole.TrialsPerMinute);
    }

    [Fact]
    public async Task Run_ProcessKilledAmongItsTrials_GoesOnWithTheSameOnes()
    {
        using var data = new TemporaryFolder();
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SubmitAsync(Specs.Of("r-whole", Parameters), 1, Stop);
        await service.SubmitAsync(Specs.Of("r-killed", Parameters), 1, Stop);
        var run = Faults.DirectoryOf(data, "r-killed");
        await ServiceProcess.WaitForAsync(() => CheckpointNote.Read(run)?.Step >= 3, "two trials are tried", Stop);

        await Faults.KillAsync(AttemptClaim.Read(run)!.Process, Stop);

        var events = await service.FollowAsync("r-killed", 0, Stop);
        Faults.AssertNumbered(events);
        Assert.Single(events.OfType<InterruptedEvent>());
        var whole = Result(await service.FollowAsync("r-whole", 0, Stop));
        Assert.Equal(Told(whole), Told(Result(events)));
        Assert.True(events.OfType<RowEvent>().Count(e => e.Row.Variant.StartsWith("trial", StringComparison.Ordinal)) <= 9, "a trial was tried again");
    }

    [Fact]
    public void Run_Extended_GoesOnFromTheEarlierTrials()
    {
        var first = runs.Run<SearchResult>("r-first", Parameters with { Trials = 5 });

        var more = runs.Run<SearchResult>("r-more", Parameters with { Trials = 4, Extends = InputRef.OfArtifact("r-first", Artifacts.Search) });

        Assert.Equal(9, more.Trials.Count);
        Assert.Equal(Told(first), Told(more with { Trials = [.. more.Trials.Take(5)] }));
        Assert.Equal(Enumerable.Repeat("r-first", 5).Concat(Enumerable.Repeat("r-more", 4)), more.Trials.Select(t => t.Run));
        Assert.All(more.Trials.Skip(5), t => Assert.False(t.Random)); // a quarter of 9 was drawn before
        Assert.Equal(9, more.Trials.Select(t => t.Seed).Distinct().Count());
    }

    [Fact]
    public void Run_ExtendedOnOtherGround_IsRefusedWithTheReason()
    {
        runs.Run<SearchResult>("r-first", Parameters with { Trials = 1 });

        string reason = runs.Fail("r-more", Parameters with { Seed = 1, Extends = InputRef.OfArtifact("r-first", Artifacts.Search) });

        Assert.Contains("another seed: 0 there, 1 here", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_EditsThatRuinTheModel_AreCutWithTheReason()
    {
        var result = runs.Run<SearchResult>("r-ruin", Parameters with { Trials = 3, Forms = [InterventionForm.Constant], LeastAlpha = 5, MostAlpha = 9, LeastBeta = 0.9, ChooseLayers = false });

        Assert.All(result.Trials, t => Assert.Contains("beyond the budget", t.Row.Cut, StringComparison.Ordinal));
        Assert.All(result.Trials, t => Assert.True(t.EarlyRatio > 1.05 * 1.2));
        Assert.All(result.Trials, t => Assert.Null(t.Row.Toxicity));
        Assert.Null(result.Best);
        Assert.Equal(["base"], result.Reported.Select(r => r.Variant));
    }

    [Fact]
    public void Run_Best_IsReportedOnPromptsThatWereNotSearchedOn()
    {
        var result = runs.Run<SearchResult>("r-halves", Parameters with { Forms = [InterventionForm.Live], MostAlpha = 0.05 });

        Assert.NotNull(result.Best);
        var best = result.Trials.Single(t => t.Number == result.Best);
        Assert.True(best.Within && best.Row.Perplexity!.Value <= result.Limit.Perplexity);
        Assert.Equal(result.Trials.Where(t => t.Within).Min(t => t.Row.Toxicity!.Mean), best.Row.Toxicity!.Mean);
        var reported = result.Reported.Single(r => r.Budget is not null);
        Assert.Equal(best.Row.Perplexity, reported.Perplexity); // of the same text
        Assert.Equal(6, reported.Toxicity!.Count);
        Assert.NotNull(reported.DifferenceToBase);
        Assert.NotNull(reported.MeanTokens);
        var record = JsonSerializer.Deserialize<SearchRecord>(File.ReadAllText(runs.Artifact("r-halves", Artifacts.Search)), ContractJson.Options)!;
        Assert.Equal(Told(result), Told(result with { Trials = record.Trials }));
    }

    [Fact]
    public void Run_MinutesAlone_EndsByTime()
    {
        var result = runs.Run<SearchResult>("r-time", Parameters with { Trials = null, Minutes = 0.01 });

        Assert.NotEmpty(result.Trials);
        Assert.True(result.Trials.SkipLast(1).Sum(t => t.Seconds) < 0.6);
        Assert.True(result.Trials.Sum(t => t.Seconds) >= 0.6);
    }

    /// <summary>Everything that a search says about its trials, to the last bit; how long they took is not part of it.</summary>
    private static string Told(SearchResult result) =>
        JsonSerializer.Serialize(result.Trials.Select(t => t with { Seconds = 0, Run = "", OnFront = false }), ContractJson.Options);

    private static SearchResult Result(IReadOnlyList<RunEvent> events) => (SearchResult)((FinishedEvent)events[^1]).Result!;

    private static NeuronStatistics SomeStatistics()
    {
        const int Layers = 6;
        const int PerLayer = 768;
        var random = new SeededRandom(3);
        double[] Made(Func<int, double> value) => [.. Enumerable.Range(0, Layers * PerLayer).Select(value)];
        double[] before = Made(_ => random.NextDouble() - 0.5);
        double[] cosine = Made(_ => (random.NextDouble() - 0.5) / 5);
        return new NeuronStatistics
        {
            Layers = Layers,
            NeuronsPerLayer = PerLayer,
            Cosine = cosine,
            ActivationBefore = before,
            ActivationAfter = Made(i => before[i] - (cosine[i] / 10)),
            VarianceBefore = Made(_ => 0.1),
            VarianceAfter = Made(_ => 0.1),
            ProjectionBefore = Made(i => before[i] * cosine[i]),
            ProjectionAfter = Made(i => (before[i] - (cosine[i] / 10)) * cosine[i]),
        };
    }
}
