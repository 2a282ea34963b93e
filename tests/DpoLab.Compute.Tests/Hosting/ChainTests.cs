using DpoLab.Compute.Runs;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>Every kind of run over the demo's model and a few records: each reads what the one before has written.</summary>
public sealed class ChainTests : IDisposable
{
    private static readonly NeuronSelection SomeNeurons = new ListSelection([new NeuronIndex(0, 1), new NeuronIndex(5, 700)]);
    private readonly TemporaryFolder data = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static EvaluationData Measured => new()
    {
        Prompts = new DatasetRef(InputRef.OfPath(Repository.Demo("challenge-prompts.jsonl")), Limit: 16),
        Text = new DatasetRef(InputRef.OfPath(Repository.Demo("text.txt"))),
        Scorer = InputRef.OfPath(Repository.Demo("scorer")),
        BootstrapResamples = 200,
    };

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Study_EachStage_ReadsTheOneBefore()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        var tuned = InputRef.OfArtifact("r-dpo", Artifacts.LastModel);
        var statistics = InputRef.OfArtifact("r-neurons", Artifacts.Neurons);
        await SucceedAsync<DirectionResult>(service, Specs.Direction("r-direction"));
        await SucceedAsync<DpoResult>(service, Specs.Dpo("r-dpo", steps: 20));

        var neurons = await SucceedAsync<NeuronsResult>(service, Specs.Of("r-neurons", new NeuronsParameters
        {
            Base = Specs.Model,
            Tuned = tuned,
            Direction = InputRef.OfArtifact("r-direction", Artifacts.Direction),
            Prompts = new DatasetRef(Measured.Prompts.File, Limit: 8),
            NewTokens = 5,
        }));
        var rows = await SucceedAsync<EvaluateResult>(service, Specs.Of("r-evaluate", new EvaluateParameters
        {
            Model = Specs.Model,
            Half = PromptHalf.Report,
            Neurons = statistics,
            Data = Measured,
            Variants =
            [
                new() { Name = EvaluationBaseline.Base },
                new() { Name = EvaluationBaseline.Dpo, Model = tuned },
                new() { Name = "patch", Intervention = new PatchIntervention { Neurons = new GroupSelection([NeuronGroup.Tp]) } },
            ],
        }));
        var sweep = await SucceedAsync<SweepResult>(service, Specs.Of("r-sweep", new SweepParameters
        {
            Model = Specs.Model,
            Neurons = statistics,
            Data = Measured,
            Forms = [InterventionForm.Live],
            Alphas = [0.05],
            Betas = [0.1, 0.3],
            Baseline = InputRef.OfArtifact("r-evaluate", Artifacts.Generations),
            Budgets = [new("within +100 %", Relative: 1), new("as DPO", OfVariant: EvaluationBaseline.Dpo)],
        }));

        Assert.Equal((6, 768, 8), (neurons.Layers, neurons.NeuronsPerLayer, neurons.Prompts));
        Assert.Equal(6 * 768, neurons.Groups.Sum(g => g.Total) + neurons.Zeros);
        Assert.Equal(113.88, rows.Rows[0].Perplexity!.Value, 0.02); // demo/README.md: 113.9
        Assert.Equal(VerdictKind.Fired, rows.Rows[2].Verdict.Kind);
        Assert.Equal(8, rows.Source.Prompts);
        Assert.Equal(2, sweep.Trials.Count);
        Assert.Equal(rows.Rows[0].Perplexity!.Value * 2, sweep.Limits[0].Perplexity, 6);
        Assert.Equal(rows.Rows[1].Perplexity!.Value, sweep.Limits[1].Perplexity, 6);
        Assert.Equal("within +100 %", Assert.Single(sweep.Chosen, row => row.Budget == "within +100 %").Budget);
        Assert.All(sweep.Chosen, row => Assert.NotNull(row.DifferenceToBase));
    }

    [Fact]
    public async Task KillEvaluation_BetweenRows_MeasuresNothingTwice()
    {
        await using var service = await ServiceProcess.StartAsync(data.FullPath, Stop);
        var parameters = new EvaluateParameters
        {
            Model = Specs.Model,
            Data = Measured with { Text = null },
            Variants =
            [
                new() { Name = EvaluationBaseline.Base },
                .. Enumerable.Range(1, 5).Select(i => new EvaluationVariant { Name = $"scale {i}", Intervention = new ScaleIntervention { Factor = i, Neurons = SomeNeurons } }),
            ],
        };
        await service.SubmitAsync(Specs.Of("r-whole", parameters), 1, Stop);
        await service.SubmitAsync(Specs.Of("r-killed", parameters), 1, Stop);
        var run = Faults.DirectoryOf(data, "r-killed");
        await ServiceProcess.WaitForAsync(() => CheckpointNote.Read(run)?.Step >= 2, "two rows are measured", Stop);

        await Faults.KillAsync(AttemptClaim.Read(run)!.Process, Stop);

        var events = await service.FollowAsync("r-killed", 0, Stop);
        Faults.AssertNumbered(events);
        Assert.Single(events.OfType<InterruptedEvent>());
        long resumed = Assert.Single(events.OfType<StartedEvent>(), e => e.ResumedFromStep is not null).ResumedFromStep!.Value;
        foreach (var variant in parameters.Variants.Take((int)resumed))
            Assert.Single(events.OfType<TextsEvent>(), e => e.Texts[0].Variant == variant.Name);
        var whole = (EvaluateResult)((FinishedEvent)(await service.FollowAsync("r-whole", 0, Stop))[^1]).Result!;
        var killed = (EvaluateResult)((FinishedEvent)events[^1]).Result!;
        Assert.Equal(whole.Rows.Select(r => (r.Variant, r.Toxicity, r.DifferenceToBase, r.Repetition, r.Verdict)), killed.Rows.Select(r => (r.Variant, r.Toxicity, r.DifferenceToBase, r.Repetition, r.Verdict)));
    }

    private static async Task<TResult> SucceedAsync<TResult>(ServiceProcess service, RunSpec spec)
        where TResult : RunResult =>
        Assert.IsType<TResult>(((FinishedEvent)(await service.SucceedAsync(spec, Stop))[^1]).Result);
}
