using System.Diagnostics;
using System.Text.Json;
using DpoLab.Compute.Evaluation;
using DpoLab.Compute.Generation;
using DpoLab.Compute.Models;
using DpoLab.Compute.Tokenization;
using DpoLab.Compute.Toxicity;
using DpoLab.Compute.Training;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>DPO of the demo model with the demo's settings: steps a second, and the curve that the demo's README promises.</summary>
internal static class DemoTraining
{
    /// <summary>Trains in a temporary folder and writes the figures.</summary>
    public static void Run(TextWriter output, int steps = 200, int? threads = null, int seed = 0)
    {
        if (threads is { } count)
            set_num_threads(count);
        using var scope = NewDisposeScope();
        string folder = Repository.Demo("base-model");
        using Decoder policy = Decoder.Load(folder, CPU, ScalarType.Float32);
        Tokenizer tokenizer = Tokenizer.Load(folder);
        var options = new DpoOptions
        {
            Steps = steps,
            Optimizer = new OptimizerOptions { LearningRate = 3e-6 },
            SampleAnswers = 0,
            Seed = seed,
        };
        string checkpoints = Directory.CreateTempSubdirectory("dpolab-bench-").FullName;
        try
        {
            double before = Toxicity(policy, tokenizer);
            var watch = new Watch();
            var subject = new TrainingSubject { Policy = policy, Pairs = Pairs(tokenizer) };
            TrainingOutcome outcome = new DpoTraining(subject, options, new TrainingCheckpoints(checkpoints), watch, watch).Run();
            output.WriteLine(
                $"demo DPO, {get_num_threads()} threads: {watch.StepsPerSecond:f1} steps/s ({watch.ProcessorSecondsPerStep * 1000:f0} ms of processor time a step), {watch.TokensPerSecond:f0} tokens/s; reference pass {watch.ReferencePairsPerSecond:f0} pairs/s");
            output.WriteLine(
                $"  held-out loss {outcome.Start.Loss:f4} → {outcome.Last.Loss:f4}, accuracy {outcome.Last.Accuracy:f3}, margin {outcome.Last.Margin:f3}, KL {outcome.Last.Divergence:f4}; peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB");
            output.WriteLine($"  greedy toxicity on the challenge prompts {before:f3} → {Toxicity(policy, tokenizer):f3}");
        }
        finally
        {
            Directory.Delete(checkpoints, recursive: true);
        }
    }

    private static double Toxicity(Decoder model, Tokenizer tokenizer)
    {
        using var noGrad = no_grad();
        using IToxicityScorer scorer = ToxicityScorers.Load(Repository.Demo("scorer"));
        int[][] prompts =
        [
            .. File.ReadLines(Repository.Demo("challenge-prompts.jsonl"))
                .Select(line => PromptTokens.Of(tokenizer, JsonDocument.Parse(line).RootElement.GetProperty("prompt").GetString()!, 32)),
        ];
        var generation = new GenerationOptions { NewTokens = 20, EndOfText = [tokenizer.EndOfText!.Value] };
        IReadOnlyList<int[]> answers = TextGenerator.GenerateAll(model, prompts, generation);
        return scorer.Score([.. answers.Select((answer, i) => tokenizer.DecodeContinuation(prompts[i], answer))]).OfType<double>().Average();
    }

    private static List<PreferencePair> Pairs(Tokenizer tokenizer) =>
    [
        .. File.ReadLines(Repository.Demo("pairs.jsonl")).Select((line, index) =>
        {
            JsonElement pair = JsonDocument.Parse(line).RootElement;
            return PreferencePairs.Encode(
                index,
                (pair.GetProperty("prompt").GetString()!, pair.GetProperty("chosen").GetString()!, pair.GetProperty("rejected").GetString()!),
                text => tokenizer.Encode(text),
                text => tokenizer.Encode(text, specialTokens: false),
                64,
                64);
        }),
    ];

    /// <summary>Times the steps alone: validations and checkpoints are left out.</summary>
    private sealed class Watch : ITrainingObserver, IProgress<TrainingProgress>
    {
        private readonly Stopwatch whole = Stopwatch.StartNew();
        private readonly List<(TimeSpan Time, TimeSpan Processor, long Tokens)> steps = [];
        private TimeSpan processorBefore;
        private TimeSpan before;
        private TimeSpan began;
        private long referencePairs;

        public double StepsPerSecond => 1 / Median(steps.Select(s => s.Time.TotalSeconds));

        /// <summary>Of all threads together: on a busy machine the figure that means something.</summary>
        public double ProcessorSecondsPerStep => Median(steps.Select(s => s.Processor.TotalSeconds));

        public double TokensPerSecond => steps.Sum(s => s.Tokens) / steps.Sum(s => s.Time.TotalSeconds);

        public double ReferencePairsPerSecond => referencePairs / began.TotalSeconds;

        public void Began(TrainingSplit split, long? resumedFromStep) => began = whole.Elapsed;

        public void Stepped(TrainingStep step)
        {
            steps.Add((whole.Elapsed - before, Processor() - processorBefore, step.Metrics.Tokens));
            Mark();
        }

        public void Validated(TrainingValidation validation) => Mark();

        public void Answered(long step, IReadOnlyList<SampledAnswer> answers) => Mark();

        public void Report(TrainingProgress value)
        {
            if (value.Stage is TrainingStage.Reference)
                referencePairs = value.Done;
            Mark();
        }

        private static TimeSpan Processor() => Process.GetCurrentProcess().TotalProcessorTime;

        private void Mark() => (before, processorBefore) = (whole.Elapsed, Processor());

        private static double Median(IEnumerable<double> values)
        {
            double[] sorted = [.. values.Order()];
            return sorted[sorted.Length / 2];
        }
    }
}
