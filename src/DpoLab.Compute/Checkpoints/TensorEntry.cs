using static TorchSharp.torch;

namespace DpoLab.Compute.Checkpoints;

/// <summary>Where one tensor lies in a safetensors file.</summary>
/// <param name="Name">The name in the header.</param>
/// <param name="StoredType">The type's name in the header, for example <c>BF16</c>.</param>
/// <param name="Shape">The shape; empty for a scalar.</param>
/// <param name="Begin">The first byte, counted from the start of the file.</param>
/// <param name="Bytes">The number of bytes.</param>
public sealed record TensorEntry(string Name, string StoredType, long[] Shape, long Begin, long Bytes)
{
    /// <summary>The number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The torch type of the elements; null when torch has none for the stored type.</summary>
    public ScalarType? Type => SafetensorsTypes.TorchType(StoredType);
}

/// <summary>The element types of the safetensors format.</summary>
internal static class SafetensorsTypes
{
    private static readonly Dictionary<string, (int Bytes, ScalarType? Type)> Known = new(StringComparer.Ordinal)
    {
        ["F64"] = (8, ScalarType.Float64),
        ["F32"] = (4, ScalarType.Float32),
        ["F16"] = (2, ScalarType.Float16),
        ["BF16"] = (2, ScalarType.BFloat16),
        ["I64"] = (8, ScalarType.Int64),
        ["I32"] = (4, ScalarType.Int32),
        ["I16"] = (2, ScalarType.Int16),
        ["I8"] = (1, ScalarType.Int8),
        ["U8"] = (1, ScalarType.Byte),
        ["BOOL"] = (1, ScalarType.Bool),
        ["U64"] = (8, null),
        ["U32"] = (4, null),
        ["U16"] = (2, null),
        ["F8_E4M3"] = (1, null),
        ["F8_E5M2"] = (1, null),
    };

    /// <summary>Bytes an element; null for a type that the format does not have.</summary>
    public static int? Size(string storedType) => Known.TryGetValue(storedType, out var known) ? known.Bytes : null;

    public static ScalarType? TorchType(string storedType) => Known.TryGetValue(storedType, out var known) ? known.Type : null;

    /// <summary>The header's name of a torch type.</summary>
    public static string NameOf(ScalarType type) =>
        Known.FirstOrDefault(known => known.Value.Type == type).Key
        ?? throw new ArgumentException($"safetensors has no element type for {type}.", nameof(type));
}
