using DpoLab.Compute.Checkpoints;
using static TorchSharp.torch;

namespace DpoLab.Compute.Directions;

/// <summary>A direction w ∈ R^d and where it comes from.</summary>
/// <param name="Vector">w, [d], as the method made it: not normalised.</param>
/// <param name="Origin">What made it: method, model, data, settings; shown beside numbers that used it.</param>
public sealed record Direction(double[] Vector, IReadOnlyDictionary<string, string> Origin)
{
    /// <summary>‖w‖.</summary>
    public double Norm => Math.Sqrt(Vector.Sum(x => x * x));
}

/// <summary>A direction cannot be made or read; the message says what, where and what to do.</summary>
public sealed class DirectionException(string message) : InputException(message);

/// <summary>Directions as safetensors: the tensor <c>direction</c> [d] in float64, its origin as metadata.</summary>
public static class DirectionFile
{
    private const string TensorName = "direction";

    /// <summary>Writes the file in one step, in place of an older one.</summary>
    public static void Write(string path, Direction direction)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(
            path,
            new Dictionary<string, Tensor>(StringComparer.Ordinal) { [TensorName] = tensor(direction.Vector, ScalarType.Float64) },
            direction.Origin);
    }

    /// <summary>
    /// Reads the tensor <c>direction</c>, or in files from elsewhere the only vector there is; [1, d] and [d, 1] count as vectors.
    /// </summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="width">d of the model that it is meant for.</param>
    /// <exception cref="DirectionException">There is no such vector, it has another width, or it is not finite or 0.</exception>
    public static Direction Read(string path, int width)
    {
        using var scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        TensorEntry entry = Find(file, path);
        if (entry.Elements != width)
        {
            throw new DirectionException(
                $"{path}: '{entry.Name}' has {entry.Elements} numbers, the model's residual stream {width}. The direction was made for another model.");
        }

        double[] vector = [.. file.Load(entry.Name, type: ScalarType.Float64).view(-1).data<double>()];
        if (!vector.All(double.IsFinite) || vector.All(x => x == 0))
            throw new DirectionException($"{path}: '{entry.Name}' holds {(vector.All(double.IsFinite) ? "only zeros" : "numbers that are not finite")}. Make the direction anew.");
        return new Direction(vector, file.Metadata);
    }

    private static TensorEntry Find(SafetensorsFile file, string path)
    {
        if (file.Entries.TryGetValue(TensorName, out TensorEntry? named))
            return named;
        TensorEntry[] vectors = [.. file.Entries.Values.Where(e => e.Elements > 1 && e.Shape.Max() == e.Elements)];
        return vectors is [var only]
            ? only
            : throw new DirectionException(
                $"{path}: no tensor '{TensorName}', and {vectors.Length} other vectors where one was expected. Name the vector '{TensorName}'.");
    }
}
