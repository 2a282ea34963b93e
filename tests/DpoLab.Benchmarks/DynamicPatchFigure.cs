using DpoLab.Compute.Interventions;
using DpoLab.Compute.Models;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Benchmarks;

/// <summary>The price of a second model that reads along: half of all neurons take its values at every position.</summary>
internal sealed class DynamicPatchFigure : IFigure
{
    public string Name => "dynamic patch";

    public IEnumerable<FigureValue> Measure(BenchmarkModel model)
    {
        using var source = Decoder.Load(model.Folder, CPU, ScalarType.Float32);
        var neurons = Enumerable.Range(0, model.Decoder.Configuration.Neurons).Where(neuron => neuron % 2 == 0).ToArray();
        var plan = new InterventionPlan(
            PositionScope.All,
            [.. Enumerable.Range(0, model.Shape.Layers).Select(layer => new TransplantOperation(layer, neurons, source))],
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
            "generation with half of all neurons patched from a second model over without", seconds[1] / seconds[0], AtLeast: false, 2.2,
            $"{seconds[1]:f2} s over {seconds[0]:f2} s");
    }
}
