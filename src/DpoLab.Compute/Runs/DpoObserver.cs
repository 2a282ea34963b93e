using System.Diagnostics;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Toxicity;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>Turns what a training tells into curves, texts and progress.</summary>
internal sealed class DpoObserver(RunContext context, DpoParameters parameters, Tokenizer tokenizer, IToxicityScorer? scorer) : ITrainingObserver, IProgress<TrainingProgress>
{
    /// <summary>The variants of sampled answers.</summary>
    private const string PolicyVariant = "policy";
    private const string ReferenceVariant = "reference";
    private readonly Stopwatch clock = new();
    private long tokens;
    private StageReport? stage;
    private TrainingStage? current;

    /// <summary>Tokens through the policy a second, over the steps that this process made.</summary>
    public double TokensPerSecond => clock.Elapsed.TotalSeconds > 0 ? tokens / clock.Elapsed.TotalSeconds : 0;

    public void Began(TrainingSplit split, long? resumedFromStep)
    {
        context.Artifacts.File(Artifacts.Split, path => AtomicFile.WriteJson(path, split));
        if (resumedFromStep is { } step)
            context.Report.Log($"Training goes on from the checkpoint at step {step}.");
    }

    public void Stepped(TrainingStep step)
    {
        // time of validations, checkpoints and start does not count: the clock begins after the first step
        if (!clock.IsRunning)
            clock.Start();
        else
            tokens += step.Metrics.Tokens;
        context.Report.Metrics(
            step.Step,
            [
                .. Curves(MetricNames.Train, step.Metrics),
                (MetricNames.Train + MetricNames.GradientNorm, step.GradientNorm),
                (MetricNames.Train + MetricNames.LearningRate, step.LearningRate),
                (MetricNames.Train + MetricNames.TokensPerSecond, TokensPerSecond),
            ]);
    }

    public void Validated(TrainingValidation validation) =>
        context.Report.Metrics(validation.Step, [.. Curves(MetricNames.Validation, validation.Metrics)]);

    public void Answered(long step, IReadOnlyList<SampledAnswer> answers)
    {
        var policy = Records(PolicyVariant, step, answers, a => a.Policy);
        context.Report.Texts([.. policy, .. Records(ReferenceVariant, step, answers, a => a.Reference)]);
        if (new Bootstrap(seed: parameters.Seed).Mean([.. policy.Select(t => t.Score)]) is { } toxicity)
        {
            context.Report.Metrics(
                step,
                (MetricNames.AnswersToxicity, toxicity.Mean),
                (MetricNames.AnswersToxicityLow, toxicity.Low),
                (MetricNames.AnswersToxicityHigh, toxicity.High));
        }
    }

    public void Report(TrainingProgress value)
    {
        if (current != value.Stage)
        {
            current = value.Stage;
            stage = value.Stage is TrainingStage.Reference
                ? context.Report.Begin("ask the reference", "pairs", value.Total, value.Done)
                : context.Report.Begin("train", "steps", value.Total, value.Done);
        }

        stage!.Report(value.Done);
    }

    private GenerationRecord[] Records(string variant, long step, IReadOnlyList<SampledAnswer> answers, Func<SampledAnswer, int[]> ids)
    {
        string[] texts = [.. answers.Select(a => tokenizer.DecodeContinuation(a.Prompt, ids(a)))];
        var scores = scorer?.Score(texts, cancellationToken: context.Cancellation);
        return
        [
            .. answers.Select((answer, i) => new GenerationRecord
            {
                Variant = variant,
                Prompt = answer.Pair,
                PromptText = tokenizer.Decode(answer.Prompt),
                Continuation = texts[i],
                Tokens = ids(answer).Length,
                Score = scores?[i],
                Missing = scores is null ? "no scorer was chosen" : scores[i] is null ? "the scorer could not judge it" : null,
                Step = step,
            }),
        ];
    }

    private IEnumerable<(string Name, double Value)> Curves(string prefix, PairMetrics metrics)
    {
        yield return (prefix + MetricNames.Loss, metrics.Loss);
        yield return (prefix + MetricNames.PreferenceLoss, metrics.PreferenceLoss);
        if (metrics.Divergence is { } divergence)
        {
            yield return (prefix + MetricNames.DivergenceLoss, parameters.Gamma * divergence);
            yield return (prefix + MetricNames.Divergence, divergence);
        }

        yield return (prefix + MetricNames.ChosenReward, metrics.ChosenReward);
        yield return (prefix + MetricNames.RejectedReward, metrics.RejectedReward);
        yield return (prefix + MetricNames.Margin, metrics.Margin);
        yield return (prefix + MetricNames.Accuracy, metrics.Accuracy);
        yield return (prefix + MetricNames.ChosenLogProbability, metrics.ChosenLogProbability);
        yield return (prefix + MetricNames.RejectedLogProbability, metrics.RejectedLogProbability);
    }
}
