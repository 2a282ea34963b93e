using System.CommandLine;
using System.Text.Json;
using DpoLab.Compute.Directions;
using DpoLab.Compute.Neurons;
using DpoLab.Compute.Runs;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Hosting;

/// <summary><c>look &lt;data&gt;</c>: answers one question about a neuron, from standard input to standard output, in a process of its own.</summary>
internal static class LookCommand
{
    /// <summary>Weights above this stay in bf16: a look needs no more.</summary>
    private const long WideBytes = 4L << 30;

    public static Command Create()
    {
        var data = new Argument<string>("data") { Description = "The service's data directory." };
        var command = new Command("look", "Answers a question about one neuron (JSON on standard input) as JSON.") { data };
        command.SetAction(parsed => Execute(parsed.GetRequiredValue(data)));
        return command;
    }

    private static int Execute(string data)
    {
        NativeSettings.Choose();
        try
        {
            var question = JsonSerializer.Deserialize<NeuronQuestion>(Console.In.ReadToEnd(), ContractJson.Options)!;
            Console.Out.Write(JsonSerializer.Serialize(Answer(question, new InputResolver(data), data), ContractJson.Options));
            return 0;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Console.Error.Write(FailureReason.Of(e, new RunDirectory(data)));
            return 1;
        }
    }

    private static NeuronLook Answer(NeuronQuestion question, InputResolver inputs, string data)
    {
        if (!RunIds.IsValid(question.RunId))
            throw new InputException($"“{question.RunId}” is not the id of a run.");
        var spec = new RunDirectory(Path.Combine(InputResolver.RunsPath(data), question.RunId)).ReadSpec();
        if (spec.Parameters is not NeuronsParameters parameters)
            throw new InputException($"Run {question.RunId} is no run of neuron statistics.");
        using var noGradients = no_grad();
        string folder = inputs.Find(parameters.Base);
        var precision = new DirectoryInfo(folder).EnumerateFiles("*.safetensors").Sum(f => f.Length) > WideBytes ? ScalarType.BFloat16 : ScalarType.Float32;
        using var before = LoadedModel.Load(folder, CPU, precision);
        using var after = LoadedModel.Load(inputs.Find(parameters.Tuned), CPU, precision);
        var c = before.Decoder.Configuration;
        if (question.Layer < 0 || question.Layer >= c.Layers || question.Neuron < 0 || question.Neuron >= c.Neurons)
            throw new InputException($"The model has no neuron {question.Neuron} in layer {question.Layer}: it has layers 0 to {c.Layers - 1} of neurons 0 to {c.Neurons - 1}.");
        var neuron = new NeuronIndex(question.Layer, question.Neuron);
        double[] direction = DirectionFile.Read(inputs.Find(parameters.Direction), c.Width).Vector;
        var look = NeuronVectors.Look(before.Decoder, after.Decoder, before.Tokenizer, neuron, direction, parameters.Protocol);
        return question.Texts > 0 ? look with { Firing = Firing(question.Texts, neuron, parameters, inputs, before, after) } : look;
    }

    /// <summary>Both models read the base model's answers, or what the run has read where it was not answers.</summary>
    private static FiringLook Firing(int most, NeuronIndex neuron, NeuronsParameters parameters, InputResolver inputs, LoadedModel before, LoadedModel after)
    {
        var reading = parameters.Reading is NeuronReading.OwnAnswers ? parameters with { Reading = NeuronReading.BaseAnswers } : parameters;
        var texts = new NeuronTexts(inputs, reading, CancellationToken.None);
        int known = texts.Count(before);
        texts.Keep(most);
        if (reading.Reading is NeuronReading.BaseAnswers)
            texts.Answer(before, new Progress<Generation.GenerationProgress>());
        var (prompts, continuations) = texts.Read(before);
        (int[], int[])[] read = [.. prompts.Zip(continuations).Take(most)];
        int[][] whole = [.. read.Select(text => (int[])[.. text.Item1, .. text.Item2])];
        long pad = before.Greedy(1).PadId;
        return NeuronFiring.Of(
            before.Tokenizer, read, NeuronFiring.Activations(before.Decoder, neuron, whole, pad), NeuronFiring.Activations(after.Decoder, neuron, whole, pad), known);
    }
}
