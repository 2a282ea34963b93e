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
        var seconds = model.Clock.Fastest(() => Generate(model, NewTokens));
        var peak = model.MeasurePeak();
        var speed = Rows * NewTokens / seconds;
        yield return new FigureValue(
            $"generation {Rows} rows × {NewTokens} tokens, tokens/s per GFLOP/s of the peak", speed / peak, AtLeast: true, 0.75,
            $"{speed:f1} tokens/s behind prompts of {PromptLength} tokens, peak {peak:f0} GFLOP/s");
    }

    /// <summary>Continues random prompts to the full length.</summary>
    public static void Generate(BenchmarkModel model, int newTokens)
    {
        using var ids = model.Ids(Rows, PromptLength);
        TextGenerator.Generate(model.Decoder, ids, null, new GenerationOptions { NewTokens = newTokens });
    }
}
