using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Toxicity;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Training;

/// <summary>How a model makes preference pairs from itself.</summary>
public sealed record ModelPairOptions
{
    /// <summary>s: <c>resid_post</c> of the last layer plus s·w makes the rejected answer.</summary>
    public double Strength { get; init; } = 20;

    /// <summary>A pair is kept if the rejected answer's toxicity exceeds the chosen one's by at least this.</summary>
    public double LeastGap { get; init; } = 0.5;

    public int MaxPromptTokens { get; init; } = 32;

    public int NewTokens { get; init; } = 20;

    /// <summary>0: greedy.</summary>
    public double Temperature { get; init; }

    public double TopP { get; init; } = 1;

    public int BatchSize { get; init; } = 64;

    public int Seed { get; init; }
}

/// <summary>One pair that a model made.</summary>
/// <param name="Index">Of the prompt in its dataset, from 0.</param>
/// <param name="Prompt">As the model read it: cut at the token limit.</param>
/// <param name="Chosen">The model's own answer.</param>
/// <param name="Rejected">Its answer when steered towards the direction.</param>
/// <param name="ChosenToxicity">0 to 1.</param>
/// <param name="RejectedToxicity">0 to 1.</param>
public sealed record ModelPair(int Index, string Prompt, string Chosen, string Rejected, double ChosenToxicity, double RejectedToxicity);

/// <summary>The pairs that were kept, and why the others were not.</summary>
/// <param name="Pairs">In the order of the prompts.</param>
/// <param name="GapTooSmall">Prompts whose answers were not far enough apart.</param>
/// <param name="Unusable">Prompts with an empty answer, or one that could not be scored.</param>
public sealed record ModelPairsOutcome(IReadOnlyList<ModelPair> Pairs, int GapTooSmall, int Unusable);

/// <summary>What is being done.</summary>
public enum ModelPairStage
{
    Chosen,
    Rejected,
    Scoring,
}

/// <summary>How far it is: tokens for the answers, texts for the scores.</summary>
public readonly record struct ModelPairProgress(ModelPairStage Stage, long Done, long Total);

/// <summary>
/// Preference pairs from the model itself (science.md, section 4): its own answer as chosen, and as rejected the answer it gives
/// while the residual stream is pushed along a toxicity direction, the role that PPLM has in the papers.
/// </summary>
public static class ModelPairs
{
    /// <summary>Answers every prompt twice, scores the answers, and keeps the pairs whose gap is large enough.</summary>
    /// <param name="model">Who answers.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="prompts">Texts.</param>
    /// <param name="direction">w, [d], not normalised.</param>
    /// <param name="scorer">Who judges.</param>
    /// <param name="options">Strength, gap, generation.</param>
    /// <param name="progress">Told as it goes.</param>
    /// <param name="cancellation">Ends it at the next step.</param>
    /// <exception cref="DpoLab.Compute.InputException">A prompt has no tokens.</exception>
    public static ModelPairsOutcome Make(
        Decoder model,
        Tokenizer tokenizer,
        IReadOnlyList<string> prompts,
        double[] direction,
        IToxicityScorer scorer,
        ModelPairOptions options,
        IProgress<ModelPairProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        int[][] ids = [.. prompts.Select(prompt => PromptTokens.Of(tokenizer, prompt, options.MaxPromptTokens))];
        string[] chosen = Answer(ModelPairStage.Chosen);
        string[] rejected;
        var push = new SteeringOperation(
            model.Configuration.Layers - 1, SteeringPoint.ResidPost, [.. direction.Select(x => options.Strength * x)]);
        using (var steering = ActiveIntervention.Apply(model, new InterventionPlan(PositionScope.Generated, [push], Neurons: null), ActedPositions.Generated))
        {
            rejected = Answer(ModelPairStage.Rejected);
            steering.RequireFired();
        }

        var scoring = progress is null ? null : new Forward<int>(done => progress.Report(new(ModelPairStage.Scoring, done, 2L * prompts.Count)));
        IReadOnlyList<double?> scores = scorer.Score([.. chosen, .. rejected], scoring, cancellation);
        return Keep(i => ids[i].Length < options.MaxPromptTokens ? prompts[i] : tokenizer.Decode(ids[i]), chosen, rejected, scores, options.LeastGap);

        string[] Answer(ModelPairStage stage)
        {
            using var noGrad = no_grad();
            var generation = new GenerationOptions
            {
                NewTokens = options.NewTokens,
                Temperature = options.Temperature,
                TopP = options.TopP,
                Seed = options.Seed,
                EndOfText = tokenizer.EndOfText is { } end ? [end] : [],
            };
            var told = progress is null ? null : new Forward<GenerationProgress>(p => progress.Report(new(stage, p.Done, p.Total)));
            IReadOnlyList<int[]> answers = TextGenerator.GenerateAll(model, ids, generation, options.BatchSize, told, cancellation);
            return [.. answers.Select((answer, i) => tokenizer.DecodeContinuation(ids[i], answer))];
        }
    }

    private static ModelPairsOutcome Keep(
        Func<int, string> prompt, string[] chosen, string[] rejected, IReadOnlyList<double?> scores, double leastGap)
    {
        var kept = new List<ModelPair>();
        int tooSmall = 0, unusable = 0;
        for (int i = 0; i < chosen.Length; i++)
        {
            if (chosen[i].Length == 0 || rejected[i].Length == 0 || scores[i] is not { } polite || scores[chosen.Length + i] is not { } toxic)
                unusable++;
            else if (toxic - polite >= leastGap)
                kept.Add(new ModelPair(i, prompt(i), chosen[i], rejected[i], polite, toxic));
            else
                tooSmall++;
        }

        return new ModelPairsOutcome(kept, tooSmall, unusable);
    }

    /// <summary>Progress that is told at once, on the caller's thread.</summary>
    private sealed class Forward<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
