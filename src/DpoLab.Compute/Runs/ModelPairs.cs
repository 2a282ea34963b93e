using DpoLab.Compute.Data;
using DpoLab.Compute.Directions;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>
/// Pairs from the model itself (science.md, section 4): its own answer as chosen, its answer steered towards the direction as rejected, kept where
/// the scorer sees the gap.
/// </summary>
internal sealed class ModelPairs(PairsParameters parameters, RunContext context)
{
    private const string Load = "load the model";
    private const string Answer = "answer";
    private const string Steer = "answer, steered";
    private const string Score = "score the answers";

    public static IReadOnlyList<RunStage> Stages { get; } = [new(Load), new(Answer, 10), new(Steer, 10), new(Score, 2)];

    public (IReadOnlyList<PreferencePair> Pairs, PairsResult Result) Make()
    {
        var loading = context.Report.Begin(Load, "models", 1);
        using var model = LoadedModel.Load(context, parameters.Model!);
        using var scorer = ToxicityScorers.Load(context.Inputs.Find(parameters.Scorer!), device: context.Device);
        var texts = Datasets.Prompts(DatasetFile.Of(context.Inputs.Find(parameters.Prompts!.File), parameters.Prompts), context.Cancellation);
        int[][] prompts = [.. texts.Select(text => model.Encode(text, parameters.MaxPromptTokens, "A prompt"))];
        loading.Report(1);

        string[] own = Continue(Answer, model, prompts);
        string[] steered;
        using (ActiveIntervention.Apply(model.Decoder, Towards(model), ActedPositions.Generated))
            steered = Continue(Steer, model, prompts);
        var scoring = context.Report.Begin(Score, "answers", 2 * prompts.Length);
        var chosenScores = scorer.Score(own, scoring.Of<int>(n => n), context.Cancellation);
        var rejectedScores = scorer.Score(steered, scoring.Of<int>(n => prompts.Length + n), context.Cancellation);

        // the prompt as the model saw it, cut: what follows is an answer to that
        int[] kept = [.. Enumerable.Range(0, prompts.Length).Where(i => own[i].Length > 0 && steered[i].Length > 0 && rejectedScores[i] - chosenScores[i] >= parameters.LeastGap)];
        context.Report.Texts(kept.Take(32).SelectMany(i => new[]
        {
            Record("chosen", i, texts[i], own[i], chosenScores[i]), Record("rejected", i, texts[i], steered[i], rejectedScores[i]),
        }));
        if (kept.Length == 0)
            throw new InputException($"Of {prompts.Length} prompts none gave two answers whose toxicity differs by {parameters.LeastGap}. Raise the strength or lower the gap.");
        var bootstrap = new Bootstrap(seed: parameters.Seed);
        return (
            [.. kept.Select(i => new PreferencePair(model.Tokenizer.Decode(prompts[i]), own[i], steered[i]))],
            new PairsResult
            {
                Pairs = kept.Length,
                Discarded = prompts.Length - kept.Length,
                ChosenToxicity = bootstrap.Mean([.. kept.Select(i => chosenScores[i])]),
                RejectedToxicity = bootstrap.Mean([.. kept.Select(i => rejectedScores[i])]),
            });
    }

    private string[] Continue(string stage, LoadedModel model, int[][] prompts)
    {
        var progress = context.Report.Begin(stage, "tokens", (double)prompts.Length * parameters.NewTokens);
        var options = model.Greedy(parameters.NewTokens) with { Temperature = parameters.Temperature, TopP = parameters.TopP, Seed = parameters.Seed };
        var answers = model.Answer(prompts, options, parameters.BatchSize, progress.Of<GenerationProgress>(p => p.Done), context.Cancellation);
        return [.. prompts.Zip(answers, (prompt, ids) => model.Tokenizer.DecodeContinuation(prompt, ids))];
    }

    /// <summary>The stream at the last layer plus s·w: steering subtracts, so the strength is negative.</summary>
    private InterventionPlan Towards(LoadedModel model)
    {
        var c = model.Decoder.Configuration;
        var planner = new InterventionPlanner(
            new ModelShape(c.Layers, c.Neurons, c.Width), statistics: null, direction => DirectionFile.Read(context.Inputs.Find(direction), c.Width).Vector);
        return planner.Plan(new SteerIntervention { Strength = -parameters.Strength, Direction = parameters.Direction! });
    }

    private static GenerationRecord Record(string variant, int prompt, string promptText, string continuation, double? score) =>
        new() { Variant = variant, Prompt = prompt, PromptText = promptText, Continuation = continuation, Tokens = 0, Score = score };
}
