using DpoLab.Compute.Checkpoints;
using DpoLab.Compute.Models;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>Opening a model and touching every weight, against reading its file.</summary>
internal sealed class LoadingFigure : IFigure
{
    public string Name => "loading";

    public IEnumerable<FigureValue> Measure(BenchmarkModel model)
    {
        var path = Path.Combine(model.Folder, CheckpointFolder.SingleFile);
        var memory = PeakMemory.Measure(() => Load(model.Folder)).Bytes;
        yield return new FigureValue(
            "loading: host memory over weights", memory / (double)model.WeightBytes, AtLeast: false, 1.1,
            $"{memory >> 20} MB for {model.WeightBytes >> 20} MB");

        var seconds = model.Clock.Fastest(() => Read(path), () => Load(model.Folder));
        yield return new FigureValue(
            "loading: time over reading the file", seconds[1] / seconds[0], AtLeast: false, 1.3,
            $"{seconds[1]:f2} s over {seconds[0]:f2} s, both from the page cache");
    }

    private static void Load(string folder)
    {
        using var decoder = Decoder.Load(folder, CPU, ScalarType.Float32);
        foreach (var parameter in decoder.Parameters.Values)
        {
            using var sum = parameter.sum();
        }
    }

    private static void Read(string path)
    {
        var buffer = new byte[1 << 20];
        using var handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        for (long offset = 0; ;)
        {
            var count = RandomAccess.Read(handle, buffer, offset);
            if (count == 0)
                return;
            offset += count;
        }
    }
}
