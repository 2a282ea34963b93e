using System.Globalization;
using DpoLab.Compute.Checkpoints;
using DpoLab.Contracts.Results;
using static TorchSharp.torch;

namespace DpoLab.Compute.Neurons;

/// <summary>The statistics of every neuron as a safetensors file (<see cref="NeuronArrays"/>), which selections and patches read later.</summary>
public static class NeuronStatisticsFile
{
    /// <summary>Writes the arrays, each neuron's group and its place by cosine, and metadata.</summary>
    /// <param name="path">The file.</param>
    /// <param name="statistics">Base and tuned model.</param>
    /// <param name="metadata">What made the numbers: models, direction, prompts, protocol.</param>
    public static void Write(string path, NeuronStatistics statistics, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        using var scope = NewDisposeScope();
        int[] byCosine = NeuronRanking.ByCosine(statistics);
        var rank = new int[byCosine.Length];
        for (int place = 0; place < byCosine.Length; place++)
            rank[byCosine[place]] = place;
        var tensors = new Dictionary<string, Tensor>
        {
            [NeuronArrays.Cosine] = tensor(statistics.Cosine),
            [NeuronArrays.ActivationBefore] = tensor(statistics.ActivationBefore),
            [NeuronArrays.ActivationAfter] = tensor(statistics.ActivationAfter),
            [NeuronArrays.VarianceBefore] = tensor(statistics.VarianceBefore),
            [NeuronArrays.VarianceAfter] = tensor(statistics.VarianceAfter),
            [NeuronArrays.ProjectionBefore] = tensor(statistics.ProjectionBefore),
            [NeuronArrays.ProjectionAfter] = tensor(statistics.ProjectionAfter),
            [NeuronArrays.Group] = tensor(NeuronGroups.Codes(statistics)),
            [NeuronArrays.ToxicRank] = tensor(rank),
        };
        var described = new Dictionary<string, string>(metadata ?? new Dictionary<string, string>())
        {
            [NeuronArrays.Layers] = statistics.Layers.ToString(CultureInfo.InvariantCulture),
            [NeuronArrays.NeuronsPerLayer] = statistics.NeuronsPerLayer.ToString(CultureInfo.InvariantCulture),
        };
        SafetensorsFile.Write(path, tensors, described);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InputException">The file is not such statistics.</exception>
    public static NeuronStatistics Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        int layers = Number(file, NeuronArrays.Layers);
        int neurons = Number(file, NeuronArrays.NeuronsPerLayer);
        double[] Array(string name) => ReadArray(file, name, (long)layers * neurons);
        return new NeuronStatistics
        {
            Layers = layers,
            NeuronsPerLayer = neurons,
            Cosine = Array(NeuronArrays.Cosine),
            ActivationBefore = Array(NeuronArrays.ActivationBefore),
            ActivationAfter = Array(NeuronArrays.ActivationAfter),
            VarianceBefore = Array(NeuronArrays.VarianceBefore),
            VarianceAfter = Array(NeuronArrays.VarianceAfter),
            ProjectionBefore = Array(NeuronArrays.ProjectionBefore),
            ProjectionAfter = Array(NeuronArrays.ProjectionAfter),
        };
    }

    private static int Number(SafetensorsFile file, string key) =>
        file.Metadata.TryGetValue(key, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? value
            : throw new InputException($"{file.Path}: the metadata lack “{key}”. Choose the statistics file of a neurons run.");

    private static double[] ReadArray(SafetensorsFile file, string name, long expected)
    {
        using var scope = NewDisposeScope();
        var values = file.Load(name, type: ScalarType.Float64);
        if (values.numel() != expected)
        {
            throw new InputException(
                $"{file.Path}: “{name}” has {values.numel()} entries; {expected} (layers · neurons a layer) were expected. Make the statistics again.");
        }

        return values.contiguous().view(-1).data<double>().ToArray();
    }
}
