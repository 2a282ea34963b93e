using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DpoLab.Web.Neurons;

/// <summary>
/// A safetensors file that is in memory, read without TorchSharp, which the web server never loads: eight bytes of header length, a JSON header
/// of name to type, shape and byte range, then the numbers (little-endian).
/// </summary>
internal sealed class SafetensorsBytes
{
    private const long MostHeaderBytes = 100_000_000;
    private readonly ReadOnlyMemory<byte> data;
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    /// <summary>Reads the header.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a safetensors file.</exception>
    public SafetensorsBytes(ReadOnlyMemory<byte> file)
    {
        if (file.Length < 8)
            throw new InvalidDataException($"The file has {file.Length} bytes; a safetensors file has at least 8.");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span);
        if (length > MostHeaderBytes || length > (ulong)(file.Length - 8))
            throw new InvalidDataException($"The header claims {length} bytes, the file has {file.Length}. It is cut short or not a safetensors file.");
        data = file[(8 + (int)length)..];
        try
        {
            using var header = JsonDocument.Parse(file.Slice(8, (int)length));
            foreach (JsonProperty property in header.RootElement.EnumerateObject())
                Add(property);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"The header of the safetensors file cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A whole number of the metadata.</summary>
    /// <exception cref="InvalidDataException">It is not there, or not positive.</exception>
    public int Number(string key) =>
        metadata.TryGetValue(key, out string? text) && int.TryParse(text, out int value) && value > 0
            ? value
            : throw new InvalidDataException($"The metadata lack “{key}”: these are not statistics of neurons.");

    /// <summary>How many bytes an array has; 0 when it is not there.</summary>
    public int Length(string name) => entries.TryGetValue(name, out Entry? entry) ? (int)(entry.End - entry.Begin) : 0;

    /// <summary>A copy of an array.</summary>
    /// <typeparam name="T">The number type that <paramref name="type"/> names.</typeparam>
    /// <param name="name">Of the tensor.</param>
    /// <param name="type">As safetensors call it: <c>F64</c>, <c>I32</c>, <c>U8</c>.</param>
    /// <param name="count">How many numbers it must have.</param>
    /// <exception cref="InvalidDataException">It is missing, of another type, or of another length.</exception>
    public T[] Array<T>(string name, string type, int count)
        where T : unmanaged
    {
        if (!entries.TryGetValue(name, out Entry? entry))
            throw new InvalidDataException($"The file has no array “{name}”. It may come from another version of the lab; make the statistics again.");
        var values = new T[count];
        Span<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan());
        if (entry.Type != type || entry.End - entry.Begin != bytes.Length)
        {
            throw new InvalidDataException(
                $"“{name}” is {entry.Type} of {entry.End - entry.Begin} bytes; {type} of {bytes.Length} bytes ({count} numbers) was expected.");
        }

        data.Span[(int)entry.Begin..(int)entry.End].CopyTo(bytes);
        return values;
    }

    private void Add(JsonProperty property)
    {
        if (property.NameEquals("__metadata__"))
        {
            foreach (JsonProperty pair in property.Value.EnumerateObject())
                metadata[pair.Name] = pair.Value.GetString() ?? "";
            return;
        }

        JsonElement offsets = property.Value.GetProperty("data_offsets");
        long begin = offsets[0].GetInt64();
        long end = offsets[1].GetInt64();
        if (begin < 0 || end < begin || end > data.Length)
            throw new InvalidDataException($"“{property.Name}” lies at {begin} to {end} of {data.Length} bytes. The file is cut short.");
        entries[property.Name] = new Entry(property.Value.GetProperty("dtype").GetString()!, begin, end);
    }

    private sealed record Entry(string Type, long Begin, long End);
}
