namespace DpoLab.Benchmarks;

/// <summary>Reading a batch of texts, logits of every position included.</summary>
internal sealed class PrefillFigure : IFigure
{
    private const long Rows = 8;
    private const long Length = 128;

    public string Name => "prefill";

    public IEnumerable<FigureValue> Measure(BenchmarkModel model)
    {
        using var ids = model.Ids(Rows, Length);
        model.Decoder.Forward(ids).Dispose();
        model.MeasurePeak();
        var seconds = model.Clock.Fastest(() => model.Decoder.Forward(ids));
        var flops = Rows * Length * (model.FlopsPerToken + model.UnembedFlops + model.AttentionFlops(Length));
        var peak = model.MeasurePeak();
        yield return new FigureValue(
            $"prefill {Rows}×{Length} fp32, share of the GEMM peak", flops * 1e-9 / seconds / peak, AtLeast: true, 0.85,
            $"{Rows * Length / seconds:f0} tokens/s, {flops * 1e-9 / seconds:f0} of {peak:f0} GFLOP/s");
    }
}
