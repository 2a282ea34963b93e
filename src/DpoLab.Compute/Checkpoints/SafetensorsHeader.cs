using System.Buffers.Binary;
using System.Text.Json;

namespace DpoLab.Compute.Checkpoints;

/// <summary>
/// The header of a safetensors file: eight bytes of length (little endian), then JSON that maps each tensor's name to its type, shape and
/// place. Everything in it is checked against the file before any of it is believed, so that a file from a stranger can neither make the
/// process read outside the file nor allocate more than the file's own size.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The largest header that the format allows, in bytes.</summary>
    public const long LargestHeader = 100_000_000;

    private const string Download = "The file is damaged or is no safetensors file: fetch it again.";

    private readonly string file;
    private readonly long dataStart;
    private readonly long dataBytes;
    private readonly Dictionary<string, TensorEntry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(string file, long dataStart, long dataBytes)
    {
        this.file = file;
        this.dataStart = dataStart;
        this.dataBytes = dataBytes;
    }

    public IReadOnlyDictionary<string, TensorEntry> Entries => entries;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>The length of the JSON that the first eight bytes of a file claim, once it is known to lie inside the file.</summary>
    public static int LengthIn(ReadOnlySpan<byte> firstEight, long fileBytes, string file)
    {
        if (firstEight.Length < 8)
            throw new CheckpointException(file, null, $"holds {fileBytes} bytes, too few for a safetensors header", Download);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(firstEight);
        if (length > (ulong)(fileBytes - 8) || length > LargestHeader)
        {
            var allowed = Math.Min(fileBytes - 8, LargestHeader);
            throw new CheckpointException(file, null, $"claims a header of {length} bytes where at most {allowed} are possible", Download);
        }

        return (int)length;
    }

    /// <summary>Reads and checks the JSON of a header.</summary>
    /// <exception cref="CheckpointException">Anything in it is not as the format demands.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long fileBytes, string file)
    {
        var header = new SafetensorsHeader(file, 8L + json.Length, fileBytes - 8 - json.Length);
        try
        {
            header.ReadEntries(json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException is how the JSON reader reports text that is not UTF-8, or a value of another kind.
            throw new CheckpointException(file, null, $"the header is not the JSON it should be: {error.Message.TrimEnd('.')}", Download, error);
        }

        header.CheckPlaces();
        return header;
    }

    private void ReadEntries(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
            throw Damaged(null, "the header does not begin with '{'");
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            Next(ref reader);
            if (name == "__metadata__")
                ReadMetadata(ref reader);
            else if (!entries.TryAdd(name, ReadEntry(ref reader, name)))
                throw Damaged(name, "the header lists it twice");
        }

        if (reader.Read())
            throw Damaged(null, "the header goes on after its closing brace");
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (metadata.Count > 0)
            throw Damaged(null, "the header holds '__metadata__' twice");
        Expect(ref reader, JsonTokenType.StartObject, "__metadata__");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Next(ref reader);
            Expect(ref reader, JsonTokenType.String, "__metadata__");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw Damaged(null, $"'__metadata__' holds '{key}' twice");
        }
    }

    private TensorEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, name);
        string? type = null;
        long[]? shape = null, offsets = null;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Next(ref reader);
            switch (key)
            {
                case "dtype" when type is null:
                    type = reader.GetString();
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, name);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, name);
                    break;
                default:
                    throw Damaged(name, $"the header has an unknown or repeated key '{key}'");
            }
        }

        if (type is null || shape is null || offsets is not [var begin, var end])
            throw Damaged(name, "the header lacks its dtype, its shape or its two data_offsets");
        return Checked(name, type, shape, begin, end);
    }

    private TensorEntry Checked(string name, string type, long[] shape, long begin, long end)
    {
        var size = SafetensorsTypes.Size(type)
            ?? throw new CheckpointException(file, name, $"has the unknown type '{type}'", "Convert it to F32, F16 or BF16.");
        if (begin > end || end > dataBytes)
        {
            throw Damaged(name, $"its bytes {begin} to {end} are not inside the {dataBytes} bytes of data" +
                                (end > dataBytes ? " (the file is cut short)" : ""));
        }

        UInt128 bytes = (UInt128)size;
        foreach (var extent in shape)
        {
            bytes *= (UInt128)extent;
            // Zero extents make any other extent harmless; what is too large can only grow.
            if (bytes > long.MaxValue && !shape.Contains(0))
                throw Damaged(name, $"its shape [{string.Join(", ", shape)}] is larger than any file");
            if (bytes > long.MaxValue)
                bytes = 0;
        }

        if (bytes != (UInt128)(end - begin))
            throw Damaged(name, $"its shape [{string.Join(", ", shape)}] of {type} needs {bytes} bytes, the header gives it {end - begin}");
        return new TensorEntry(name, type, shape, dataStart + begin, end - begin);
    }

    /// <summary>Together the tensors cover the data once, without a gap or an overlap: what the format demands.</summary>
    private void CheckPlaces()
    {
        var reached = dataStart;
        foreach (var entry in entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.Bytes))
        {
            if (entry.Begin < reached)
                throw Damaged(entry.Name, "its bytes overlap those of another tensor");
            if (entry.Begin > reached)
                throw Damaged(entry.Name, $"{entry.Begin - reached} bytes before it belong to no tensor");
            reached = entry.Begin + entry.Bytes;
        }

        if (reached != dataStart + dataBytes)
            throw Damaged(null, $"the last {dataStart + dataBytes - reached} bytes belong to no tensor");
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartArray, name);
        var numbers = new List<long>();
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw Damaged(name, "its shape or data_offsets hold something other than whole numbers from 0");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            throw new JsonException("it ends too early");
        return reader.TokenType;
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string name)
    {
        if (reader.TokenType != type)
            throw Damaged(name, $"the header holds a {reader.TokenType} where a {type} belongs");
    }

    private CheckpointException Damaged(string? tensor, string problem) => new(file, tensor, problem, Download);
}
