using DpoLab.Compute.Data;
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
    private const string Tuned = "tuned model answers";
    private const string Base = "base model answers";
    private const string Sum = "sum up";

    public IReadOnlyList<RunStage> Stages => [new(Tuned, 10), new(Base, 10), new(Sum)];

    public RunResult Execute(RunContext context)
    {
        using var noGradients = torch.no_grad();
        var texts = Datasets.Prompts(DatasetFile.Of(context.Inputs.Find(parameters.Prompts.File), parameters.Prompts), context.Cancellation);

        // the tuned model first: the base model stays for the lens of its value vectors
        ModelStatistics after;
        using (var tuned = LoadedModel.Load(context, parameters.Tuned))
            after = Measure(context, tuned, Tuned, texts);
        using var model = LoadedModel.Load(context, parameters.Base);
        var before = Measure(context, model, Base, texts);

        var summing = context.Report.Begin(Sum, "reports", 1);
        var statistics = NeuronStatistics.Of(before, after);
        context.Artifacts.File(Artifacts.Neurons, path => NeuronStatisticsFile.Write(path, statistics, Origin(context)));
        var result = NeuronReport.Of(before, after, texts.Count, neuron => Promoted(model, neuron));
        summing.Report(1);
        return result;
    }

    private ModelStatistics Measure(RunContext context, LoadedModel model, string stage, IReadOnlyList<string> texts)
    {
        int[][] prompts = [.. texts.Select(text => model.Encode(text, parameters.MaxPromptTokens, "A prompt"))];
        model.RequireRoom(prompts.Max(p => p.Length), parameters.NewTokens);
        var progress = context.Report.Begin(stage, "tokens", (double)prompts.Length * parameters.NewTokens);
        var greedy = model.Greedy(parameters.NewTokens);
        var options = new NeuronMeasurementOptions
        {
            NewTokens = parameters.NewTokens,
            BatchSize = parameters.BatchSize,
            EndOfText = greedy.EndOfText,
            PadId = greedy.PadId,
            Protocol = parameters.Protocol,
        };
        double[] direction = DirectionFile.Read(context.Inputs.Find(parameters.Direction), model.Decoder.Configuration.Width).Vector;
        return NeuronMeasurement.Of(model.Decoder, prompts, direction, options, progress.Of<GenerationProgress>(p => p.Done), context.Cancellation).Statistics;
    }

    private IReadOnlyList<LensToken> Promoted(LoadedModel model, NeuronIndex neuron) =>
        Neurons.LogitLens.OfNeurons(model.Decoder, model.Tokenizer, [neuron], PromotedTokens, parameters.Protocol)[0];

    private Dictionary<string, string> Origin(RunContext context)
    {
        var origin = new Dictionary<string, string>(StringComparer.Ordinal) { ["run"] = context.Spec.Id, ["protocol"] = parameters.Protocol.ToString() };
        foreach (var (name, digest) in context.Digests)
            origin[$"sha256 of {name}"] = digest;
        return origin;
    }
}
