using DpoLab.Compute.Generation;

namespace DpoLab.Benchmarks;

/// <summary>Greedy generation, the prompts' reading included.</summary>
internal sealed class GenerationFigure : IFigure
{
    public const int Rows = 64;
    public const int NewTokens = 20;
    public const int PromptLength = 8;

    public string Name => "generation";

    public IEnumerable<FigureValue> Measure(BenchmarkModel model)
    {
        Generate(model, 2);
        model.MeasurePeak();
        var seconds = model.Clock.Fastest(() => Generate(model, NewTokens), () => Generate(model, 1));
        var peak = model.MeasurePeak();
        var (whole, decoding) = (Rows * NewTokens / seconds[0], Rows * (NewTokens - 1) / (seconds[0] - seconds[1]));
        yield return new FigureValue(
            $"generation {Rows} rows × {NewTokens} tokens, tokens/s per GFLOP/s of the peak", decoding / peak, AtLeast: true, 0.75,
            $"{decoding:f1} tokens/s once the prompt is read, peak {peak:f0} GFLOP/s; "
            + $"with the reading of prompts of {PromptLength} tokens {whole:f1} tokens/s, {whole / peak:f3}");
    }

    /// <summary>Continues random prompts to the full length.</summary>
    public static void Generate(BenchmarkModel model, int newTokens)
    {
        using var ids = model.Ids(Rows, PromptLength);
        TextGenerator.Generate(model.Decoder, ids, null, new GenerationOptions { NewTokens = newTokens });
    }
}
