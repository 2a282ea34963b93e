using DpoLab.Compute.Models;
using DpoLab.Compute.Neurons;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Directions;

/// <summary>Left singular vectors of the value vectors closest to a direction (science.md, section 3).</summary>
/// <param name="Vectors">Unit vectors [min(d, N)][d], strongest first, each with a positive product with the direction.</param>
/// <param name="SingularValues">Largest first.</param>
/// <param name="Neurons">The N neurons by falling cosine.</param>
public sealed record ValueVectorSvd(double[][] Vectors, double[] SingularValues, IReadOnlyList<NeuronIndex> Neurons)
{
    /// <summary>Decomposes the d×N matrix of the <paramref name="count"/> normalised value vectors of greatest cosine.</summary>
    /// <exception cref="DirectionException">The model has fewer neurons.</exception>
    public static ValueVectorSvd Of(Decoder model, double[] direction, int count, Protocol protocol)
    {
        int layers = model.Configuration.Layers, perLayer = model.Configuration.Neurons;
        if (count > (long)layers * perLayer)
            throw new DirectionException($"{count} value vectors asked for, the model has {(long)layers * perLayer}.");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor unit = ValueVectors.Unit(model, direction);
        double[] cosines = new double[layers * perLayer];
        for (int layer = 0; layer < layers; layer++)
        {
            using var layerScope = NewDisposeScope();
            ValueVectors.Along(model, layer, unit, protocol).Cosine.cpu().data<double>().ToArray().CopyTo(cosines, layer * perLayer);
        }

        // A stable sort: ties keep the order of flat indices.
        NeuronIndex[] chosen =
        [
            .. Enumerable.Range(0, cosines.Length).OrderByDescending(i => cosines[i]).Take(count)
                .Select(i => new NeuronIndex(i / perLayer, i % perLayer)),
        ];
        var (u, s, _) = linalg.svd(Columns(model, chosen, protocol), fullMatrices: false);   // [d, k], [k]
        Tensor signs = u.t().mv(unit.cpu()).sign();                                                     // [k]
        Tensor oriented = (u * where(signs.eq(0), ones_like(signs), signs)).t().contiguous();  // [k, d]
        double[] flat = [.. oriented.data<double>()];
        return new ValueVectorSvd([.. flat.Chunk(direction.Length)], [.. s.data<double>()], chosen);
    }

    /// <summary>The chosen neurons' unit value vectors as columns, [d, N].</summary>
    private static Tensor Columns(Decoder model, NeuronIndex[] chosen, Protocol protocol)
    {
        var columns = new Tensor[chosen.Length];
        foreach (var layer in chosen.Select((neuron, place) => (neuron, place)).GroupBy(c => c.neuron.Layer))
        {
            using var scope = NewDisposeScope();
            Tensor rows = ValueVectors.Of(model, layer.Key, protocol);           // [n, d] float64
            foreach (var (neuron, place) in layer)
                columns[place] = (rows[neuron.Neuron] / rows[neuron.Neuron].norm()).cpu().MoveToOuterDisposeScope();
        }

        return stack(columns, dim: 1);
    }
}
