using DpoLab.Compute.Data;
using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
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
        NativeSettings.ReturnLargeBlocks();
        var loading = context.Report.Begin(Load, "models", 1);
        using var model = LoadedModel.Load(context, parameters.Model);
        bool needsReference = parameters.Lora is null && (parameters.Gamma > 0 || parameters.Protocol is Protocol.Published);
        using var reference = needsReference ? Decoder.Load(model.Decoder.Folder, context.Device, context.Precision) : null;
        using var adapters = parameters.Lora is { } lora ? LoraAdapters.Create(model.Decoder, lora, parameters.Seed) : null;
        using var scorer = parameters.Scorer is { } chosen ? ToxicityScorers.Load(context.Inputs.Find(chosen), device: context.Device) : null;
        var options = Options();
        var subject = new TrainingSubject
        {
            Policy = model.Decoder,
            Pairs = ReadPairs(context, model),
            Reference = reference,
            Lora = adapters,
            Mask = Mask(context, model.Decoder),
            PadToken = model.Tokenizer.Pad ?? model.Tokenizer.EndOfText,
            Answer = options.SampleAnswers == 0 ? null : prompts => model.Answer(prompts, model.Greedy(options.AnswerTokens), options.BatchSize * 2, cancellation: context.Cancellation),
        };
        loading.Report(1);

        var observer = new DpoObserver(context, parameters, model.Tokenizer, scorer);
        var training = new DpoTraining(subject, options, new TrainingCheckpoints(context.Directory.CheckpointPath), observer, observer);
        var outcome = training.Run(context.Cancellation);

        var saving = context.Report.Begin(Save, "models", 2);
        SaveModel(context, model, adapters, Artifacts.LastModel, Artifacts.LastAdapter);
        saving.Report(1);
        training.RestoreBest(outcome);
        SaveModel(context, model, adapters, Artifacts.BestModel, Artifacts.BestAdapter);
        saving.Report(2);
        return ResultOf(outcome, observer.TokensPerSecond);
    }

    /// <summary>The model as an ordinary folder, adapters merged in, and the adapters by themselves.</summary>
    private void SaveModel(RunContext context, LoadedModel model, LoraAdapters? adapters, string modelFolder, string adapterFolder)
    {
        context.Artifacts.Folder(modelFolder, path =>
        {
            if (adapters is null)
                model.Decoder.Save(path);
            else
                adapters.SaveMerged(path);
        });
        if (adapters is not null)
            context.Artifacts.Folder(adapterFolder, path => LoraFolder.Save(adapters, path, parameters.Model.Name));
    }

    private NeuronMask? Mask(RunContext context, Decoder decoder)
    {
        if (parameters.Mask is not { } mask)
            return null;
        var statistics = parameters.Neurons is { } file ? NeuronStatisticsFile.Read(context.Inputs.Find(file)) : null;
        int perLayer = decoder.Configuration.Neurons;
        int[] neurons = NeuronSelections.Choose(
            mask.Neurons, statistics, decoder.Configuration.Layers, perLayer, set => NeuronSetFile.Read(context.Inputs.Find(set)));
        context.Report.Log($"{(mask.Mode is NeuronMaskMode.TrainOnly ? "Only" : "All but")} {neurons.Length} neurons are trained.");
        return new NeuronMask(mask.Mode, [.. neurons.Select(i => new NeuronIndex(i / perLayer, i % perLayer))]);
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
                text => tokenizer.Encode(text, specialTokens: parameters.Protocol is Protocol.Published),
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
        Recompute = parameters.Recompute,
        Protocol = parameters.Protocol,
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
