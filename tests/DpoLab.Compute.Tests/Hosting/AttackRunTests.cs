using DpoLab.Compute.Runs;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>Dynamic patches and attacks over the demo's model, a short training and a few records.</summary>
public sealed class AttackRunTests : IDisposable
{
    private static readonly InputRef Tuned = InputRef.OfArtifact("r-dpo", Artifacts.LastModel);
    private static readonly InputRef Statistics = InputRef.OfArtifact("r-neurons", Artifacts.Neurons);
    private static readonly InputRef Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction);
    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static EvaluationData Measured => new()
    {
        Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl")), Limit: 8),
        Text = new DatasetRef(InputRef.OfPath(Repository.Demo("text.txt")), Limit: 2),
        NewTokens = 10,
        PublishedPerplexity = false,
        Scorer = InputRef.OfPath(Repository.Demo("scorer")),
        BootstrapResamples = 200,
    };

    private static EvaluationVariant Edit => new()
    {
        Name = "edit",
        Intervention = new EditIntervention { Alpha = 0.5, Beta = 0.3 },
    };

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task DynamicPatch_TunedPair_RowsForEachK()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await PrepareAsync(service);
        var parameters = new DynamicPatchParameters
        {
            Model = Specs.Model,
            Tuned = Tuned,
            Neurons = Statistics,
            Counts = [16, 6 * 768],
            Groups = [NeuronGroup.Tp, NeuronGroup.An],
            Scope = PositionScope.All,
            Half = PromptHalf.All,
            Data = Measured,
        };

        var events = await service.SucceedAsync(Specs.Of("r-dynamic", parameters), Stop);

        var result = Assert.IsType<DynamicPatchResult>(((FinishedEvent)events[^1]).Result);
        Assert.Equal(["base", "dpo", "k = 16", "k = 4,608", "TP, AN"], result.Rows.Select(r => r.Variant));
        Assert.Equal([16, 4608], result.Rows.Skip(2).Take(2).Select(r => r.Neurons));
        Assert.All(result.Rows.Skip(2), row => Assert.Equal((RowFamily.DynamicPatch, VerdictKind.Fired), (row.Family, row.Verdict.Kind)));
        Assert.All(result.Rows.Skip(2), row => Assert.True(row.Verdict is { Applied: > 0, Positions: > 0 }));
        Assert.NotEqual(result.Rows[0].Perplexity!.Value, result.Rows[3].Perplexity!.Value);
        // with every neuron from the tuned model, its perplexity is nearer than the base's
        double tuned = result.Rows[1].Perplexity!.Value;
        Assert.True(Math.Abs(result.Rows[3].Perplexity!.Value - tuned) < Math.Abs(result.Rows[0].Perplexity!.Value - tuned));
        // a row at a time: the first of them before the last texts
        Assert.True(events.ToList().FindIndex(e => e is RowEvent) < events.ToList().FindLastIndex(e => e is TextsEvent));
        Assert.Equal(5, events.OfType<TextsEvent>().Select(e => e.Texts[0].Variant).Distinct().Count());
    }

    [Fact]
    public async Task DynamicPatch_Sampled_IsSeeded()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await service.SucceedAsync(Specs.Dpo("r-dpo", steps: 20), Stop);
        DynamicPatchParameters Sampled(int seed) => new()
        {
            Model = Specs.Model,
            Tuned = Tuned,
            Counts = [],
            Sets = [new ListSelection([new NeuronIndex(0, 1), new NeuronIndex(5, 700)])],
            Temperature = 1,
            TopP = 0.9,
            Seed = seed,
            Half = PromptHalf.All,
            Data = Measured with { Text = null },
        };

        string[] Texts(IReadOnlyList<RunEvent> events) => [.. events.OfType<TextsEvent>().SelectMany(e => e.Texts).Select(t => t.Continuation)];
        var one = Texts(await service.SucceedAsync(Specs.Of("r-one", Sampled(1)), Stop));
        var again = Texts(await service.SucceedAsync(Specs.Of("r-again", Sampled(1)), Stop));
        var other = Texts(await service.SucceedAsync(Specs.Of("r-other", Sampled(2)), Stop));

        Assert.Equal(24, one.Length);
        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public async Task Survive_EveryAttackOnEverySubject_ComparesWithTheSubjectAsItWas()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await PrepareAsync(service);

        var events = await service.SucceedAsync(Specs.Of("r-survive", Survive()), Stop);

        var result = Assert.IsType<SurviveResult>(((FinishedEvent)events[^1]).Result);
        string[] attacked = ["keys × 10", "direction + 0.2 ‖x‖", "pruned 50", "relearned 2 steps", "relearned 4 steps"];
        Assert.Equal(
            new[] { "base", "dpo", "edit" }.SelectMany(s => attacked.Select(a => $"{s}, {a}").Prepend(s)),
            result.Rows.Select(r => r.Variant));
        Assert.Equal([.. Enumerable.Repeat(RowFamily.Base, 6), .. Enumerable.Repeat(RowFamily.Dpo, 6), .. Enumerable.Repeat(RowFamily.Edit, 6)], result.Rows.Select(r => r.Family));
        Assert.All(result.Rows, row => Assert.NotNull(row.Perplexity));
        foreach (var row in result.Rows.Where(r => r.Attack is not null))
        {
            var subject = Assert.Single(result.Rows, r => r.Variant == row.Attack!.Subject);
            Assert.Equal(row.Toxicity!.Mean - subject.Toxicity!.Mean, row.Attack!.Change!.Mean, 6);
            Assert.Equal(VerdictKind.Fired, row.Verdict.Kind);
            Assert.NotEqual(subject.Perplexity!.Value, row.Perplexity!.Value);
        }

        var relearned = result.Rows.Where(r => r.Attack is { Kind: AttackKind.Relearn }).ToList();
        Assert.Equal([2L, 4, 2, 4, 2, 4], relearned.Select(r => r.Verdict.Applied));
        Assert.All(relearned, row => Assert.True(row.Verdict.Positions > row.Verdict.Applied));
        Assert.Equal(3 * 6 * 8, events.OfType<TextsEvent>().Sum(e => e.Texts.Count));
    }

    [Fact]
    public async Task KillSurvive_WhileAttacking_SameRowsAndNothingTwice()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        await PrepareAsync(service);
        var parameters = Survive() with { Variants = [Edit] };
        var whole = (SurviveResult)((FinishedEvent)(await service.SucceedAsync(Specs.Of("r-whole", parameters), Stop))[^1]).Result!;
        await service.SubmitAsync(Specs.Of("r-killed", parameters), 1, Stop);
        var run = Faults.DirectoryOf(data, "r-killed");
        await ServiceProcess.WaitForAsync(() => CheckpointNote.Read(run)?.Step >= 5, "the base has been relearned for two steps", Stop);

        await Faults.KillAsync(AttemptClaim.Read(run)!.Process, Stop);

        var events = await service.FollowAsync("r-killed", 0, Stop);
        Faults.AssertNumbered(events);
        Assert.Single(events.OfType<InterruptedEvent>());
        var killed = Assert.IsType<SurviveResult>(((FinishedEvent)events[^1]).Result);
        Assert.Equal(
            whole.Rows.Select(r => (r.Variant, r.Toxicity, r.Attack, r.Perplexity, r.Verdict)),
            killed.Rows.Select(r => (r.Variant, r.Toxicity, r.Attack, r.Perplexity, r.Verdict)));
        long resumed = Assert.Single(events.OfType<StartedEvent>(), e => e.ResumedFromStep is not null).ResumedFromStep!.Value;
        foreach (var row in whole.Rows.Take((int)resumed))
            Assert.Single(events.OfType<TextsEvent>(), e => e.Texts[0].Variant == row.Variant);
    }

    private static SurviveParameters Survive() => new()
    {
        Model = Specs.Model,
        Variants = [new() { Name = EvaluationBaseline.Dpo, Model = Tuned }, Edit],
        Neurons = Statistics,
        Relearn = new RelearnAttack { Steps = [2, 4], Pairs = Specs.Pairs, LearningRate = 1e-5, MaxPromptTokens = 16, MaxResponseTokens = 16 },
        ScaleKeys = new ScaleKeysAttack { Factors = [10] },
        AddDirection = new AddDirectionAttack { Strengths = [0.2], Direction = Direction },
        Prune = new PruneAttack { Counts = [50] },
        Half = PromptHalf.All,
        Data = Measured,
    };

    private static async Task PrepareAsync(ServiceProcess service)
    {
        await service.SucceedAsync(Specs.Direction("r-direction"), Stop);
        await service.SucceedAsync(Specs.Dpo("r-dpo", steps: 20), Stop);
        await service.SucceedAsync(
            Specs.Of("r-neurons", new NeuronsParameters
            {
                Base = Specs.Model,
                Tuned = Tuned,
                Direction = Direction,
                Prompts = new DatasetRef(Measured.Prompts.File, Limit: 8),
                NewTokens = 5,
            }),
            Stop);
    }
}
