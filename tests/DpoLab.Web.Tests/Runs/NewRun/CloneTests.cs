using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Runs.NewRun;

namespace DpoLab.Web.Tests.Runs.NewRun;

public sealed class CloneTests
{
    private static readonly InputRef Model = InputRef.OfPath("/models/a");
    private static readonly InputRef Stats = InputRef.OfArtifact("r-abcdefgh", Artifacts.Neurons);
    private static readonly DatasetRef Prompts = new(InputRef.OfPath("/data/prompts.jsonl"), Limit: 40);
    private static readonly EvaluationData Data = new() { Prompts = Prompts, Scorer = InputRef.OfPath("/models/scorer"), NewTokens = 10, PublishedPerplexity = false };

    private static RunParameters[] Attacks =>
    [
        new DynamicPatchParameters { Model = Model, Tuned = Stats, Neurons = Stats, Data = Data, Counts = [10, 2000], Measure = ChangeMeasure.Activation, Groups = [NeuronGroup.Tp], Temperature = 0.7 },
        new SurviveParameters { Model = Model, Neurons = Stats, Data = Data, Prune = new PruneAttack { Counts = [7] }, ScaleKeys = new ScaleKeysAttack { Factors = [0.5, 10], Count = 3 } },
        new SurviveParameters
        {
            Model = Model,
            Neurons = Stats,
            Data = Data,
            Variants =
            [
                new EvaluationVariant { Name = "edit", Intervention = new EditIntervention { Alpha = 0.2, Beta = 0.3 } },
                new EvaluationVariant { Name = "reversed", Intervention = new EditIntervention { Alpha = 0.2, Beta = 0.3, Reversed = true, FirstLayer = 1, LastLayer = 3 } },
                new EvaluationVariant { Name = "live", Intervention = new DynamicPatchIntervention { Tuned = Stats, Neurons = new ChangeSelection(40, ChangeMeasure.Activation) } },
            ],
            Relearn = new RelearnAttack { Steps = [10, 200], Pairs = new DatasetRef(Stats), LearningRate = 3e-6, Optimizer = DpoOptimizer.AdamW },
            AddDirection = new AddDirectionAttack { Strengths = [0.1], Direction = Stats, Layer = 3 },
        },
    ];

    public static TheoryData<RunParameters> EveryKind =>
    [
        new DirectionParameters { Model = Model, Method = DirectionMethod.EmbeddingDifference, ToxicWords = ["shit"], FriendlyWords = ["peace", "friend"], Seed = 3 },
        new DirectionParameters { Model = Model, Comments = new DatasetRef(InputRef.OfUpload("ff")), InverseRegularization = 0.001 },
        new PairsParameters { Source = PairsSource.Model, Model = Model, Prompts = Prompts, Direction = Stats, Scorer = Model, Strength = 12.5 },
        new DpoParameters { Model = Model, Pairs = new DatasetRef(Stats), Loss = DpoLoss.Robust, LabelSmoothing = 0.1, LearningRate = 3e-6, Lora = new LoraOptions(4, 8, ["c_fc"]), Scorer = Model },
        new DpoParameters { Model = Model, Pairs = new DatasetRef(Stats), Recompute = true, Neurons = Stats, Mask = new NeuronMaskOptions(NeuronMaskMode.TrainOnly, new GroupSelection([NeuronGroup.Tp], 50)) },
        new DpoParameters { Model = Model, Pairs = new DatasetRef(Stats), Mask = new NeuronMaskOptions(NeuronMaskMode.Freeze, new ListSelection([new(1, 2)])) },
        new NeuronsParameters { Base = Model, Tuned = Model, Direction = Stats, Reading = NeuronReading.Continuations, Continuations = Prompts },
        new NeuronsParameters { Base = Model, Tuned = InputRef.OfArtifact("r-abcdefgh", Artifacts.BestModel), Direction = Stats, Prompts = Prompts, Protocol = Protocol.Published },
        new SweepParameters { Model = Model, Neurons = Stats, Data = Data with { Text = new DatasetRef(Model) }, Alphas = [0.01, 1e-5], Forms = [InterventionForm.Live], Baseline = Stats },
        new SearchParameters { Model = Model, Neurons = Stats, Data = Data with { Text = new DatasetRef(Model) }, Trials = null, Minutes = 2.5, BothDirections = false, MostAlpha = 0.5 },
        new SearchParameters { Model = Model, Neurons = Stats, Data = Data with { Text = new DatasetRef(Model) }, Trials = 9, Extends = InputRef.OfArtifact("r-abcdefgh", Artifacts.Search) },
        new VerifyParameters { Model = Model },
        new VerifyParameters { Model = Model, Values = InputRef.OfPath("/data/values"), Precision = Precision.Bf16 },
        new RescoreParameters { Generations = Stats, Scorer = Model, ScorerLabel = "insult", Panel = [new PanelScorer(InputRef.OfPath("/words.txt"))], Seed = 2 },
        .. Attacks,
        new EvaluateParameters
        {
            Model = Model,
            Data = Data with
            {
                Window = 64,
                Stride = 32,
                ScorerLabel = "toxicity",
                Panel = [new PanelScorer(InputRef.OfPath("/models/second"), "insult"), new PanelScorer(InputRef.OfPath("/words.txt"))],
                Sampled = new SampledToxicityOptions { Samples = 10, TopP = 0.8 },
            },
            Variants = [new EvaluationVariant { Name = "base" }],
        },
        new EvaluateParameters
        {
            Model = Model,
            Neurons = Stats,
            Data = Data,
            Half = PromptHalf.Report,
            Variants =
            [
                new EvaluationVariant { Name = "base" },
                new EvaluationVariant { Name = "dpo", Model = InputRef.OfArtifact("r-abcdefgh", Artifacts.BestModel) },
                new EvaluationVariant { Name = "polite", PromptPrefix = "Be polite, please: " },
                new EvaluationVariant { Name = "patch", Intervention = new PatchIntervention { Neurons = new GroupSelection([NeuronGroup.Tp, NeuronGroup.An], 20), Strength = 1.5 } },
                new EvaluationVariant { Name = "edit", Intervention = new EditIntervention { Alpha = 0.2, Beta = 0.3, Groups = [NeuronGroup.Tn], Scope = PositionScope.All } },
                new EvaluationVariant { Name = "ablate", Intervention = new ScaleIntervention { Neurons = new TopToxicSelection(7, PositiveOnly: true) } },
                new EvaluationVariant { Name = "keys", Intervention = new ScaleKeyIntervention { Neurons = new ListSelection([new(1, 2), new(3, 4)]) } },
                new EvaluationVariant { Name = "steer", Intervention = new SteerIntervention { Strength = 20, Direction = Stats, Point = SteeringPoint.MlpOut, Layer = 3 } },
            ],
        },
    ];

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void Clone_OfEveryKind_PlansTheSameRunAgain(RunParameters parameters)
    {
        var draft = RunForms.Of(parameters).Clone(parameters);

        var plan = RunPlan.Of(draft, InputOptions.None);

        Assert.Empty(plan.Errors);
        Assert.Equal(Json(parameters), Json(Assert.Single(plan.Runs).Parameters!));
    }

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void Address_OfADraft_ReadsBackAsTheSameDraft(RunParameters parameters)
    {
        var draft = RunForms.Of(parameters).Clone(parameters) with { Name = "a & b", Study = "s-1" };

        var read = DraftAddress.Read(new Uri("http://lab/" + Urls.With("runs/new", [.. DraftAddress.Write(draft)])).Query);

        Assert.Equal(draft.Changes, read.Changes);
        Assert.Equal(("a & b", "s-1"), (read.Name, read.Study));
        Assert.Equal(Json(parameters), Json(RunPlan.Of(read, InputOptions.None).Runs[0].Parameters!));
    }

    [Fact]
    public void Address_OfAHalfFilledForm_KeepsTextThatIsWrong()
    {
        var read = DraftAddress.Read("?kind=dpo&preset=yang-gpt2&learningRate=abc&nonsense=1");

        Assert.Equal("abc", read["learningRate"]);
        Assert.Equal("0.06", read["gamma"]);
        Assert.Single(read.Changes);
    }

    [Fact]
    public void Identity_OtherLabel_IsTheSameSpec()
    {
        var a = new PairsParameters { Pairs = new DatasetRef(InputRef.OfPath("/a", "one")) };
        var b = new PairsParameters { Pairs = new DatasetRef(InputRef.OfPath("/a", "two")) };

        Assert.Equal(SpecIdentity.Of(a), SpecIdentity.Of(b));
        Assert.NotEqual(SpecIdentity.Of(a), SpecIdentity.Of(a with { Seed = 1 }));
    }

    private static string Json(RunParameters parameters) => JsonSerializer.Serialize(parameters, ContractJson.Options);
}
