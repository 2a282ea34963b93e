using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;

namespace DpoLab.Benchmarks;

/// <summary>The price of mean and variance of every neuron, gathered while a text is generated.</summary>
internal sealed class StatisticsFigure : IFigure
{
    public string Name => "generation with neuron statistics";

    public IEnumerable<FigureValue> Measure(BenchmarkModel model)
    {
        GenerationFigure.Generate(model, 2);
        var seconds = model.Clock.Fastest(
            () => GenerationFigure.Generate(model, GenerationFigure.NewTokens),
            () =>
            {
                using var sums = new ActivationSums(model.Decoder, Protocol.Corrected, columns: 1);
                GenerationFigure.Generate(model, GenerationFigure.NewTokens);
            });
        yield return new FigureValue(
            "generation with statistics of every neuron over without", seconds[1] / seconds[0], AtLeast: false, 1.1,
            $"{seconds[1]:f2} s over {seconds[0]:f2} s");
    }
}
