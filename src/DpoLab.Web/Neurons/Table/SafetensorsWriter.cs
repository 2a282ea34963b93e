using System.Buffers.Binary;
using System.Text.Json;

namespace DpoLab.Web.Neurons;

/// <summary>Writes small safetensors files: the same content makes the same bytes, so that a digest names it.</summary>
internal static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>The file.</summary>
    /// <param name="metadata">Strings.</param>
    /// <param name="tensors">Name, type as safetensors call it, and the numbers of one-dimensional arrays, little-endian.</param>
    public static byte[] Write(SortedDictionary<string, string> metadata, params (string Name, string Type, byte[] Numbers)[] tensors)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            long begin = 0;
            foreach (var (name, type, numbers) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                json.WriteNumberValue(numbers.Length / BytesOf(type));
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(begin);
                json.WriteNumberValue(begin += numbers.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // blanks behind the header bring the numbers to a multiple of eight, as the format asks for
        int padded = (int)(header.Length + Alignment - 1) / Alignment * Alignment;
        var file = new byte[8 + padded + tensors.Sum(t => t.Numbers.Length)];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)padded);
        header.ToArray().CopyTo(file, 8);
        file.AsSpan(8 + (int)header.Length, padded - (int)header.Length).Fill((byte)' ');
        int at = 8 + padded;
        foreach (var (_, _, numbers) in tensors)
        {
            numbers.CopyTo(file, at);
            at += numbers.Length;
        }

        return file;
    }

    private static int BytesOf(string type) => type switch
    {
        "F64" => 8,
        "I32" => 4,
        "U8" => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No array of the lab has this type."),
    };
}
