using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using DpoLab.Web.Neurons;

namespace DpoLab.Web.NeuronSets;

/// <summary>Sets as files: the binary one that runs read, and CSV or JSON from people.</summary>
internal static class NeuronSetText
{
    private const long MostCharacters = 64L << 20;

    /// <summary>The file that runs read: the same neurons make the same bytes.</summary>
    public static byte[] ToFile(int layers, int perLayer, int[] sorted)
    {
        var numbers = new byte[sorted.Length * sizeof(int)];
        for (int i = 0; i < sorted.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(numbers.AsSpan(i * sizeof(int)), sorted[i]);
        return SafetensorsWriter.Write(
            new(StringComparer.Ordinal)
            {
                [NeuronArrays.Layers] = layers.ToString(CultureInfo.InvariantCulture),
                [NeuronArrays.NeuronsPerLayer] = perLayer.ToString(CultureInfo.InvariantCulture),
            },
            (NeuronSetArrays.Neurons, "I32", numbers));
    }

    /// <summary>The neurons of such a file.</summary>
    public static int[] FromFile(byte[] file, int count) => new SafetensorsBytes(file).Array<int>(NeuronSetArrays.Neurons, "I32", count);

    /// <summary>Lines of <c>layer,neuron</c>, with or without a head, or JSON: <c>[[19, 770], …]</c> or <c>[{"layer": 19, "neuron": 770}, …]</c>.</summary>
    /// <exception cref="InputRefusedException">A line or element is no neuron; the message names the first one.</exception>
    public static IReadOnlyList<NeuronIndex> Read(string text)
    {
        if (text.Length > MostCharacters)
            throw new InputRefusedException("file", $"The file has {text.Length:N0} characters; {MostCharacters:N0} are the most. Keep layer and neuron alone in it.");
        string trimmed = text.TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        return trimmed.StartsWith('[') ? ReadJson(trimmed) : ReadLines(trimmed);
    }

    private static List<NeuronIndex> ReadLines(string text)
    {
        var neurons = new List<NeuronIndex>();
        int line = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            line++;
            string[] cells = raw.ToString().Split([',', ';', '\t'], StringSplitOptions.TrimEntries);
            if (cells is [""])
                continue;
            if (cells.Length >= 2 && Number(cells[0]) is { } layer && Number(cells[1]) is { } neuron)
                neurons.Add(new NeuronIndex(layer, neuron));
            else if (line > 1 || cells.Length < 2 || Number(cells[0]) is not null)
                throw new InputRefusedException("file", $"Line {line} holds “{raw}”; a layer and an index from 0 were expected, as 19,770.");
        }

        return neurons;
    }

    private static List<NeuronIndex> ReadJson(string text)
    {
        var neurons = new List<NeuronIndex>();
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            foreach (JsonElement element in json.RootElement.EnumerateArray())
            {
                neurons.Add(element.ValueKind is JsonValueKind.Array && element.GetArrayLength() == 2
                    ? new NeuronIndex(element[0].GetInt32(), element[1].GetInt32())
                    : new NeuronIndex(element.GetProperty("layer").GetInt32(), element.GetProperty("neuron").GetInt32()));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InputRefusedException("file", $"Element {neurons.Count} (from 0) is no neuron: write [19, 770] or {{\"layer\": 19, \"neuron\": 770}}. {e.Message}");
        }

        return neurons;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
}
