using DpoLab.Compute.Directions;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using TorchSharp;

namespace DpoLab.Compute.Runs;

/// <summary>Measures every neuron of a base model and its tuned partner, one model in memory at a time, and decides the four groups.</summary>
internal sealed class NeuronsRun(NeuronsParameters parameters) : IRun
{
    private const int PromotedTokens = 10;
    private const string Answer = "base model answers";
    private const string Tuned = "measure the tuned model";
    private const string Base = "measure the base model";
    private const string Sum = "sum up";

    public IReadOnlyList<RunStage> Stages => parameters.Reading is NeuronReading.BaseAnswers
        ? [new(Answer, 10), new(Tuned, 10), new(Base, 10), new(Sum)]
        : [new(Tuned, 10), new(Base, 10), new(Sum)];

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        var texts = new NeuronTexts(context.Inputs, parameters, context.Cancellation);
        if (parameters.Reading is NeuronReading.BaseAnswers)
        {
            using var answering = LoadedModel.Load(context, parameters.Base);
            var stage = context.Report.Begin(Answer, "tokens", (double)texts.Count(answering) * parameters.NewTokens);
            texts.Answer(answering, stage.Of<GenerationProgress>(p => p.Done));
        }

        // the tuned model first: the base model stays for the lens of its value vectors
        ModelStatistics after;
        using (var tuned = LoadedModel.Load(context, parameters.Tuned))
            after = Measure(context, tuned, Tuned, texts);
        using var model = LoadedModel.Load(context, parameters.Base);
        var before = Measure(context, model, Base, texts);

        var summing = context.Report.Begin(Sum, "reports", 1);
        var statistics = NeuronStatistics.Of(before, after);
        context.Artifacts.File(Artifacts.Neurons, path => NeuronStatisticsFile.Write(path, statistics, Origin(context)));
        var result = NeuronReport.Of(before, after, texts.Count(model), neuron => Promoted(model, neuron)) with { Reading = parameters.Reading };
        summing.Report(1);
        return result;
    }

    private ModelStatistics Measure(RunContext context, LoadedModel model, string stage, NeuronTexts texts)
    {
        double[] direction = DirectionFile.Read(context.Inputs.Find(parameters.Direction), model.Decoder.Configuration.Width).Vector;
        var greedy = model.Greedy(parameters.NewTokens);
        var options = new NeuronMeasurementOptions
        {
            NewTokens = parameters.NewTokens,
            BatchSize = parameters.BatchSize,
            EndOfText = greedy.EndOfText,
            PadId = greedy.PadId,
            Protocol = parameters.Protocol,
        };
        if (parameters.Reading is not NeuronReading.OwnAnswers)
        {
            var (prompts, continuations) = texts.Read(model);
            var reading = context.Report.Begin(stage, "texts", continuations.Count(c => c.Length > 0));
            return NeuronMeasurement.OfTexts(model.Decoder, prompts, continuations, direction, options, reading.Of<int>(n => n), context.Cancellation);
        }

        int[][] asked = texts.Prompts(model);
        var progress = context.Report.Begin(stage, "tokens", (double)asked.Length * parameters.NewTokens);
        return NeuronMeasurement.Of(model.Decoder, asked, direction, options, progress.Of<GenerationProgress>(p => p.Done), context.Cancellation).Statistics;
    }

    private IReadOnlyList<LensToken> Promoted(LoadedModel model, NeuronIndex neuron) =>
        Neurons.LogitLens.OfNeurons(model.Decoder, model.Tokenizer, [neuron], PromotedTokens, parameters.Protocol)[0];

    private Dictionary<string, string> Origin(RunContext context)
    {
        var origin = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["run"] = context.Spec.Id,
            ["protocol"] = parameters.Protocol.ToString(),
            ["reading"] = parameters.Reading.ToString(),
        };
        foreach (var (name, digest) in context.Digests)
            origin[$"sha256 of {name}"] = digest;
        return origin;
    }
}
