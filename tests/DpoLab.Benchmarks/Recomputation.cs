using DpoLab.Compute.Models;
using DpoLab.Compute.Training;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>A DPO step's gradient with activations kept, and with activations computed again on the way back: time and peak memory.</summary>
internal static class Recomputation
{
    private const int Vocabulary = 8192;
    private const int PromptTokens = 32;

    /// <summary>Writes both, alternating, in one process.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="layers">Of a model with random weights, GPT-2's kind.</param>
    /// <param name="width">D.</param>
    /// <param name="pairs">Pairs in the batch: twice as many rows.</param>
    /// <param name="responseTokens">Of each answer; the prompt has 32.</param>
    /// <param name="rounds">Times each.</param>
    public static void Run(TextWriter output, int layers, int width, int pairs, int responseTokens, int rounds = 3)
    {
        string folder = Directory.CreateTempSubdirectory("dpolab-bench-").FullName;
        try
        {
            long weights = SyntheticModel.Write(folder, SyntheticModel.Gpt2(layers, width, heads: width / 64, Vocabulary));
            using Decoder model = Decoder.Load(folder, CPU, ScalarType.Float32);
            var kept = new List<(double Milliseconds, long Bytes)>();
            var again = new List<(double Milliseconds, long Bytes)>();
            Action plain = Gradient(model, pairs, responseTokens, recompute: false), recomputed = Gradient(model, pairs, responseTokens, recompute: true);
            plain(); // the gradients themselves stay and are not counted
            for (int round = 0; round < rounds; round++)
            {
                again.Add(PeakMemory.Measure(recomputed));
                kept.Add(PeakMemory.Measure(plain));
            }

            (double Milliseconds, long Bytes) a = PeakMemory.Median(again), b = PeakMemory.Median(kept);
            output.WriteLine(
                $"recomputation, {layers} layers of {width}, {2 * pairs} × {PromptTokens + responseTokens} tokens, {weights >> 20} MB of weights: "
                + $"{a.Milliseconds:f0} ms, {a.Bytes >> 20} MB; kept {b.Milliseconds:f0} ms, {b.Bytes >> 20} MB "
                + $"(time × {a.Milliseconds / b.Milliseconds:f2}, memory × {(double)a.Bytes / Math.Max(1, b.Bytes):f2})");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Action Gradient(Decoder model, int pairs, int responseTokens, bool recompute)
    {
        var random = new Random(1);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(Vocabulary))];
        var subject = new TrainingSubject
        {
            Policy = model,
            Pairs = [.. Enumerable.Range(0, pairs).Select(_ => new PreferencePair(Ids(PromptTokens), Ids(responseTokens), Ids(responseTokens)))],
        };
        foreach (Tensor parameter in model.Parameters.Values)
            parameter.requires_grad_(true);
        int[] all = [.. Enumerable.Range(0, pairs)];
        var sums = ReferenceSums.Unknown(pairs);
        var objective = new DpoObjective(subject, new DpoOptions { Steps = 1, Recompute = recompute }, sums);
        using (NewDisposeScope())
            objective.Reference(all, sums);
        return () => objective.Accumulate(all, 1, divergenceFrom: null);
    }
}
