using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DpoLab.Compute.Models;
using DpoLab.Compute.Runs;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Training;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>
/// A DPO step of the lab against the plain one (<see cref="PlainDpo"/>) at GPT-2-small shape, on pairs with the lengths of the demo's. The lab's time
/// holds the reference's forward pass over each pair, which a training of several epochs pays only once. Each peak is that of a process of its own.
/// </summary>
internal sealed class DpoStepFigure : IFigure
{
    /// <summary>Names the verb that a child process is started with: <c>dpo-step ours|plain BATCH STEPS FOLDER</c>.</summary>
    public const string Verb = "dpo-step";

    private const int Steps = 4;

    public string Name => "DPO step";

    public IEnumerable<FigureValue> Measure(BenchmarkModel model)
    {
        var shape = model.Shape.Layers > 12 ? ModelShape.All[1] : model.Shape;
        var folder = Directory.CreateTempSubdirectory("dpolab-bench-");
        try
        {
            SyntheticModel.Write(folder.FullName, shape.Configuration);
            foreach (var batch in (int[])[4, 1])
            {
                var (ours, plain) = InTurn(folder.FullName, batch);
                yield return new FigureValue(
                    $"DPO step, {batch} pairs, tokens/s over the plain step's", plain.Seconds / ours.Seconds, AtLeast: true, batch == 1 ? 1 : 2,
                    $"{shape.Name}: {ours.Tokens / ours.Seconds:f0} over {plain.Tokens / plain.Seconds:f0} tokens/s");
                if (batch == 4)
                {
                    yield return new FigureValue(
                        "DPO step, 4 pairs, peak memory over the plain step's", (double)ours.Peak / plain.Peak, AtLeast: false, 0.6,
                        $"{ours.Peak >> 20} MB over {plain.Peak >> 20} MB, model and optimizer included");
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What a child process measures, as a line of JSON.</summary>
    public static int Child(string[] arguments)
    {
        var batch = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        var steps = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        var before = ProcessMemory.Resident("VmRSS");
        var pairs = Pairs().Take((batch * steps) + 1).ToArray();
        var seconds = arguments[0] == "ours" ? Ours(arguments[3], pairs, batch, steps) : Plain(arguments[3], pairs, batch, steps);
        var tokens = pairs.Skip(1).Sum(p => (2 * p.Prompt.Length) + p.Chosen.Length + p.Rejected.Length);
        Console.WriteLine(JsonSerializer.Serialize(new StepMeasurement(seconds, tokens, ProcessMemory.Resident("VmHWM") - before)));
        return 0;
    }

    /// <summary>The fastest of two processes of each kind, started in turn.</summary>
    private static (StepMeasurement Ours, StepMeasurement Plain) InTurn(string folder, int batch)
    {
        StepMeasurement? ours = null, plain = null;
        for (var round = 0; round < 2; round++)
        {
            ours = Faster(ours, Run("ours", folder, batch));
            plain = Faster(plain, Run("plain", folder, batch));
        }

        return (ours!, plain!);

        static StepMeasurement Faster(StepMeasurement? a, StepMeasurement b) => a is null || b.Seconds < a.Seconds ? b : a;
    }

    private static StepMeasurement Run(string which, string folder, int batch)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[Verb, which, batch.ToString(CultureInfo.InvariantCulture), Steps.ToString(CultureInfo.InvariantCulture), folder])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The measuring process did not start.");
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonSerializer.Deserialize<StepMeasurement>(line) ?? throw new InvalidOperationException($"The measuring process said '{line}'.");
    }

    private static double Ours(string folder, PreferencePair[] pairs, int batch, int steps)
    {
        NativeSettings.ReturnLargeBlocks(); // as a training does
        using var scope = NewDisposeScope();
        using var policy = Decoder.Load(folder, CPU, ScalarType.Float32);
        var options = new DpoOptions { Steps = steps, BatchSize = batch, ValidationPairs = 1, ValidateEvery = int.MaxValue, CheckpointEvery = int.MaxValue, SampleAnswers = 0 };
        var checkpoints = Directory.CreateTempSubdirectory("dpolab-bench-");
        try
        {
            var watch = new Watch();
            var subject = new TrainingSubject { Policy = policy, Pairs = pairs };
            new DpoTraining(subject, options, new TrainingCheckpoints(checkpoints.FullName), watch, watch).Run();
            return watch.Seconds;
        }
        finally
        {
            checkpoints.Delete(recursive: true);
        }
    }

    private static double Plain(string folder, PreferencePair[] pairs, int batch, int steps)
    {
        using var scope = NewDisposeScope();
        using var policy = Decoder.Load(folder, CPU, ScalarType.Float32);
        using var reference = Decoder.Load(folder, CPU, ScalarType.Float32);
        foreach (var parameter in policy.Parameters.Values)
            parameter.requires_grad_(true);
        using var optimizer = ParameterOptimizer.Create(new OptimizerOptions(), policy.Parameters);
        var plain = new PlainDpo(policy, reference, optimizer);
        var clock = Stopwatch.StartNew();
        foreach (var part in pairs.Skip(1).Chunk(batch))
            plain.Step(part);
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Random ids with the lengths of the demo's pairs, in its tokenizer; the order is the demo's.</summary>
    private static IEnumerable<PreferencePair> Pairs()
    {
        var tokenizer = Tokenizer.Load(Repository.Demo("base-model"));
        var random = new Random(1);
        foreach (var line in File.ReadLines(Repository.Demo("pairs.jsonl")))
        {
            var pair = JsonDocument.Parse(line).RootElement;
            yield return new PreferencePair(Of("prompt"), Of("chosen"), Of("rejected"));

            int[] Of(string name) => [.. tokenizer.Encode(pair.GetProperty(name).GetString()!).Select(_ => random.Next(2000))];
        }
    }

    private sealed record StepMeasurement(double Seconds, long Tokens, long Peak);

    /// <summary>The time of the reference's pass over the training pairs and of the steps; validations and files are left out.</summary>
    private sealed class Watch : ITrainingObserver, IProgress<TrainingProgress>
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();

        public double Seconds { get; private set; }

        public void Began(TrainingSplit split, long? resumedFromStep) => clock.Restart();

        public void Stepped(TrainingStep step) => Count();

        public void Validated(TrainingValidation validation) => clock.Restart();

        public void Answered(long step, IReadOnlyList<SampledAnswer> answers) => clock.Restart();

        public void Report(TrainingProgress value)
        {
            // the first report follows the validation pair, whose pass the plain step has no counterpart of
            if (value is { Stage: TrainingStage.Reference, Done: > 1 })
                Count();
            else
                clock.Restart();
        }

        private void Count()
        {
            Seconds += clock.Elapsed.TotalSeconds;
            clock.Restart();
        }
    }
}
