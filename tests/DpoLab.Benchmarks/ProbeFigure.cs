using System.Diagnostics;
using DpoLab.Compute.Directions;
using DpoLab.Compute.Tokenization;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>
/// A probe on 10,000 texts of 64 tokens: everything but the forward pass (tokens, means over them, fit, held-out report) against that pass, of which
/// 256 texts are timed, each text costing the same.
/// </summary>
internal sealed class ProbeFigure : IFigure
{
    private const int Texts = 10_000;
    private const int Timed = 256;
    private const int Length = 64;

    public string Name => "probe";

    public IEnumerable<FigureValue> Measure(BenchmarkModel model)
    {
        var forward = Texts / (double)Timed * model.Clock.Fastest(() =>
        {
            for (var batch = 0; batch < Timed / 32; batch++)
            {
                using var scope = NewDisposeScope();
                model.Decoder.Hidden(model.Ids(32, Length));
            }
        });
        var tokenizing = Tokenizing();
        var reading = Texts / (double)Timed * model.Clock.Fastest(() => TextFeatures.Mean(model.Decoder, Rows(model), batchSize: 32));
        var fitting = Fitting(model.Shape.Width);
        var rest = tokenizing + Math.Max(0, reading - forward) + fitting;
        yield return new FigureValue(
            $"probe, {Texts} texts of {Length} tokens, all but the forward pass over it", rest / forward, AtLeast: false, 0.1,
            $"tokens {tokenizing:f1} s, means {Math.Max(0, reading - forward):f1} s, fit {fitting:f1} s, over {forward:f0} s");
    }

    private static int[][] Rows(BenchmarkModel model)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, Timed).Select(_ => Enumerable.Range(0, Length).Select(_ => random.Next(model.Shape.Vocabulary)).ToArray())];
    }

    private static double Tokenizing()
    {
        var tokenizer = Tokenizer.Load(Repository.Demo("base-model"));
        string[] lines = [.. File.ReadLines(Repository.Demo("comments.csv"))];
        var clock = Stopwatch.StartNew();
        for (var text = 0; text < Texts; text++)
            tokenizer.Encode(lines[text % lines.Length]);
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Features of which a tenth of the dimensions say something, at different scales: as hard to fit as a model's.</summary>
    private static double Fitting(int width)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var scales = logspace(-2, 1, width, dtype: ScalarType.Float64);
        var features = randn([Texts, width], ScalarType.Float64, generator: generator) * scales;
        var truth = randn([width], ScalarType.Float64, generator: generator) / scales / Math.Sqrt(width);
        var noise = randn([Texts], ScalarType.Float64, generator: generator);
        bool[] labels = [.. (features.mv(truth) + noise > 0).data<bool>()];
        var clock = Stopwatch.StartNew();
        Probe.Train(features, labels, c: 1, validationShare: 0.1, seed: 0);
        return clock.Elapsed.TotalSeconds;
    }
}
