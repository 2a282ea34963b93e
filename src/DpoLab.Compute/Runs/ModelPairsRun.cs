using DpoLab.Compute.Data;
using DpoLab.Compute.Directions;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Toxicity;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>
/// Pairs from the model itself (science.md, section 4): its own answer as chosen, its answer steered towards the direction as rejected, kept where
/// the scorer sees the gap.
/// </summary>
internal sealed class ModelPairsRun(PairsParameters parameters, RunContext context)
{
    private const string Load = "load the model";
    private const string Answer = "answer";
    private const string Steer = "answer, steered";
    private const string Score = "score the answers";

    public static IReadOnlyList<RunStage> Stages { get; } = [new(Load), new(Answer, 10), new(Steer, 10), new(Score, 2)];

    public (IReadOnlyList<Data.PreferencePair> Pairs, PairsResult Result) Make()
    {
        var loading = context.Report.Begin(Load, "models", 1);
        using var model = LoadedModel.Load(context, parameters.Model!);
        using var scorer = ToxicityScorers.Load(context.Inputs.Find(parameters.Scorer!), device: context.Device);
        var texts = Datasets.Prompts(DatasetFile.Of(context.Inputs.Find(parameters.Prompts!.File), parameters.Prompts), context.Cancellation);
        var vector = DirectionFile.Read(context.Inputs.Find(parameters.Direction!), model.Decoder.Configuration.Width).Vector;
        loading.Report(1);

        var outcome = ModelPairs.Make(model.Decoder, model.Tokenizer, texts, vector, scorer, Options(), new StageProgress(context), context.Cancellation);
        context.Report.Texts(outcome.Pairs.Take(32).SelectMany(pair => new[]
        {
            Record("chosen", pair.Index, pair.Prompt, pair.Chosen, pair.ChosenToxicity), Record("rejected", pair.Index, pair.Prompt, pair.Rejected, pair.RejectedToxicity),
        }));
        if (outcome.Pairs.Count == 0)
            throw new InputException($"Of {texts.Count} prompts none gave two answers whose toxicity differs by {parameters.LeastGap}. Raise the strength or lower the gap.");
        var bootstrap = new Bootstrap(seed: parameters.Seed);
        return (
            [.. outcome.Pairs.Select(pair => new Data.PreferencePair(pair.Prompt, pair.Chosen, pair.Rejected))],
            new PairsResult
            {
                Pairs = outcome.Pairs.Count,
                Discarded = texts.Count - outcome.Pairs.Count,
                ChosenToxicity = bootstrap.Mean([.. outcome.Pairs.Select(pair => (double?)pair.ChosenToxicity)]),
                RejectedToxicity = bootstrap.Mean([.. outcome.Pairs.Select(pair => (double?)pair.RejectedToxicity)]),
            });
    }

    private ModelPairOptions Options() => new()
    {
        Strength = parameters.Strength,
        LeastGap = parameters.LeastGap,
        MaxPromptTokens = parameters.MaxPromptTokens,
        NewTokens = parameters.NewTokens,
        Temperature = parameters.Temperature,
        TopP = parameters.TopP,
        BatchSize = parameters.BatchSize,
        Seed = parameters.Seed,
    };

    private static GenerationRecord Record(string variant, int prompt, string promptText, string continuation, double? score) =>
        new() { Variant = variant, Prompt = prompt, PromptText = promptText, Continuation = continuation, Tokens = 0, Score = score };

    /// <summary>Turns the science's stages into the run's.</summary>
    private sealed class StageProgress(RunContext context) : IProgress<ModelPairProgress>
    {
        private ModelPairStage? current;
        private StageReport? stage;

        public void Report(ModelPairProgress value)
        {
            if (current != value.Stage)
            {
                current = value.Stage;
                stage = value.Stage switch
                {
                    ModelPairStage.Chosen => context.Report.Begin(Answer, "tokens", value.Total),
                    ModelPairStage.Rejected => context.Report.Begin(Steer, "tokens", value.Total),
                    _ => context.Report.Begin(Score, "answers", value.Total),
                };
            }

            stage!.Report(value.Done);
        }
    }
}
