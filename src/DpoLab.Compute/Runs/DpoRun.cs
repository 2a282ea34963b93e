using DpoLab.Compute.Data;
using DpoLab.Compute.Models;
using DpoLab.Compute.Toxicity;
using DpoLab.Compute.Training;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>Tunes a model on preference pairs; killed at any moment, the next start goes on from the checkpoint.</summary>
internal sealed class DpoRun(DpoParameters parameters) : IRun
{
    private const string Load = "load the model";
    private const string Reference = "ask the reference";
    private const string Train = "train";
    private const string Save = "save the models";

    public IReadOnlyList<RunStage> Stages => [new(Load), new(Reference, 5), new(Train, 100), new(Save)];

    public long? ResumesFrom(RunDirectory directory) => CheckpointNote.Read(directory)?.Step;

    public RunResult Execute(RunContext context)
    {
        var loading = context.Report.Begin(Load, "models", 1);
        using var model = LoadedModel.Load(context, parameters.Model);
        using var reference = parameters.Gamma > 0 ? Decoder.Load(model.Decoder.Folder, context.Device, context.Precision) : null;
        using var scorer = parameters.Scorer is { } chosen ? ToxicityScorers.Load(context.Inputs.Find(chosen), device: context.Device) : null;
        var options = Options();
        var subject = new TrainingSubject
        {
            Policy = model.Decoder,
            Pairs = ReadPairs(context, model),
            Reference = reference,
            Answer = options.SampleAnswers == 0 ? null : prompts => model.Answer(prompts, model.Greedy(options.AnswerTokens), options.BatchSize * 2, cancellation: context.Cancellation),
        };
        loading.Report(1);

        var observer = new DpoObserver(context, parameters, model.Tokenizer, scorer);
        var training = new DpoTraining(subject, options, new TrainingCheckpoints(context.Directory.CheckpointPath), observer, observer);
        var outcome = training.Run(context.Cancellation);

        var saving = context.Report.Begin(Save, "models", 2);
        context.Artifacts.Folder(Artifacts.LastModel, path => model.Decoder.Save(path));
        saving.Report(1);
        training.RestoreBest(outcome);
        context.Artifacts.Folder(Artifacts.BestModel, path => model.Decoder.Save(path));
        saving.Report(2);
        return ResultOf(outcome, observer.TokensPerSecond);
    }

    private List<Training.PreferencePair> ReadPairs(RunContext context, LoadedModel model)
    {
        var texts = Datasets.PreferencePairs(DatasetFile.Of(context.Inputs.Find(parameters.Pairs.File), parameters.Pairs), context.Cancellation);
        var tokenizer = model.Tokenizer;
        return
        [
            .. texts.Select((pair, i) => PreferencePairs.Encode(
                i,
                (pair.Prompt, pair.Chosen, pair.Rejected),
                text => tokenizer.Encode(text),
                text => tokenizer.Encode(text, specialTokens: false),
                parameters.MaxPromptTokens,
                parameters.MaxResponseTokens)),
        ];
    }

    private DpoOptions Options() => new()
    {
        Beta = parameters.Beta,
        Gamma = parameters.Gamma,
        Loss = parameters.Loss,
        LabelSmoothing = parameters.LabelSmoothing,
        Optimizer = new OptimizerOptions { Kind = parameters.Optimizer, LearningRate = parameters.LearningRate, WeightDecay = parameters.WeightDecay },
        Schedule = parameters.Schedule,
        WarmupSteps = parameters.WarmupSteps,
        Steps = parameters.Steps,
        BatchSize = parameters.BatchSize,
        Accumulation = parameters.Accumulation,
        Clip = parameters.Clip,
        ValidationPairs = parameters.ValidationPairs,
        ValidateEvery = parameters.ValidateEvery,
        Patience = parameters.Patience,
        CheckpointEvery = parameters.CheckpointEvery,
        SampleAnswers = parameters.SampleAnswers,
        Seed = parameters.Seed,
    };

    private static DpoResult ResultOf(TrainingOutcome outcome, double tokensPerSecond) => new()
    {
        Steps = outcome.Steps,
        BestStep = outcome.BestStep,
        BestValidationLoss = outcome.Best.Loss,
        LastTrainingLoss = outcome.LastTrainingLoss,
        ValidationAccuracy = outcome.Best.Accuracy,
        ValidationMargin = outcome.Best.Margin,
        ValidationKl = outcome.Best.Divergence ?? double.NaN,
        StepZeroLoss = outcome.Start.Loss,
        StepZeroKl = outcome.Start.Divergence ?? double.NaN,
        StoppedEarly = outcome.StoppedEarly,
        TrainingPairs = outcome.Split.Training.Length,
        ValidationPairs = outcome.Split.Validation.Length,
        TokensPerSecond = tokensPerSecond,
    };
}
