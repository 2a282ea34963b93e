using DpoLab.Compute.Interventions;
using DpoLab.Contracts.Runs;

namespace DpoLab.Benchmarks;

/// <summary>The price of a live edit of half of all neurons.</summary>
internal sealed class EditFigure : IFigure
{
    public string Name => "generation with an edit";

    public IEnumerable<FigureValue> Measure(BenchmarkModel model)
    {
        var neurons = Enumerable.Range(0, model.Decoder.Configuration.Neurons).Where(neuron => neuron % 2 == 0).ToArray();
        var factors = Enumerable.Repeat(0.95, neurons.Length).ToArray();
        var plan = new InterventionPlan(
            PositionScope.All,
            [.. Enumerable.Range(0, model.Shape.Layers).Select(layer => new NeuronOperation(layer, neurons, factors, new double[neurons.Length]))],
            neurons.Length * model.Shape.Layers);
        GenerationFigure.Generate(model, 2);
        var seconds = model.Clock.Fastest(
            () => GenerationFigure.Generate(model, GenerationFigure.NewTokens),
            () =>
            {
                using var active = ActiveIntervention.Apply(model.Decoder, plan, ActedPositions.All);
                GenerationFigure.Generate(model, GenerationFigure.NewTokens);
            });
        yield return new FigureValue(
            "generation with an edit of half of all neurons over without", seconds[1] / seconds[0], AtLeast: false, 1.05,
            $"{seconds[1]:f2} s over {seconds[0]:f2} s");
    }
}
