using DpoLab.Compute.Models;
using DpoLab.Tests;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>The model that the figures share, and the machine's peak of matrix products in this run.</summary>
internal sealed class BenchmarkModel : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("dpolab-bench-");
    private Decoder? decoder;
    private double peak;

    public BenchmarkModel(ModelShape shape, BenchmarkClock clock)
    {
        Shape = shape;
        Clock = clock;
        WeightBytes = SyntheticModel.Write(folder.FullName, shape.Configuration);
    }

    /// <summary>Where everything is measured: the GPU where libtorch finds one.</summary>
    public static Device Device { get; } = cuda.is_available() ? CUDA : CPU;

    public ModelShape Shape { get; }

    public BenchmarkClock Clock { get; }

    /// <summary>A Hugging Face folder with its weights.</summary>
    public string Folder => folder.FullName;

    public long WeightBytes { get; }

    public Decoder Decoder => decoder ??= Decoder.Load(Folder, Device, ScalarType.Float32);

    /// <summary>The most GFLOP/s that a product of two large matrices has reached so far.</summary>
    public double Peak => peak > 0 ? peak : MeasurePeak();

    /// <summary>Measures the peak again, near what it is compared with; the highest counts.</summary>
    public double MeasurePeak()
    {
        using var scope = NewDisposeScope();
        foreach (var (rows, inner, columns) in new[] { (2048L, 2048L, 2048L), (1024L, 1024L, 4096L) })
        {
            var (a, b) = (randn(rows, inner, device: Device), randn(inner, columns, device: Device));
            a.mm(b).Dispose();
            var times = (int)(60e9 / (2.0 * rows * inner * columns)) + 1;
            var seconds = Clock.Fastest(() =>
            {
                for (var i = 0; i < times; i++)
                    a.mm(b).Dispose();
            });
            peak = Math.Max(peak, times * 2e-9 * rows * inner * columns / seconds);
        }

        return peak;
    }

    /// <summary>Floating point operations of the linear maps for one token, the unembedding not included.</summary>
    public double FlopsPerToken => Decoder.Projections.Values.Sum(projection => 2.0 * projection.In * projection.Out);

    /// <summary>Those of one token's logits.</summary>
    public double UnembedFlops => 2.0 * Shape.Width * Shape.Vocabulary;

    /// <summary>Those of causal attention of one token to half of <paramref name="length"/> others: q·k and the weighted sum.</summary>
    public double AttentionFlops(long length) => 2.0 * length * Shape.Width * Shape.Layers;

    /// <summary>Random token ids.</summary>
    public Tensor Ids(long rows, long length) => randint(0, Shape.Vocabulary, [rows, length], ScalarType.Int64, Device);

    public void Dispose()
    {
        decoder?.Dispose();
        folder.Delete(recursive: true);
    }
}
