using System.Buffers;
using System.Text.Json;
using DpoLab.Contracts;
using DpoLab.Contracts.Runs;

namespace DpoLab.Compute.Runs;

/// <summary>Run events as lines of bytes.</summary>
internal static class EventLines
{
    private const byte NewLine = (byte)'\n';

    /// <summary>Appends one line.</summary>
    public static void Write(ArrayBufferWriter<byte> buffer, RunEvent value)
    {
        using (var writer = new Utf8JsonWriter(buffer))
            JsonSerializer.Serialize(writer, value, ContractJson.Options);
        buffer.Write([NewLine]);
    }

    /// <summary>Reads one line without its end; null: this is not an event.</summary>
    public static RunEvent? TryRead(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<RunEvent>(line, ContractJson.Options);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Finds the last event of a log and where its line ends; what a killed writer left behind it is not one.</summary>
    /// <returns>The event (null: there is none) and the length of the log up to its end, bytes.</returns>
    public static (RunEvent? Event, long Length) FindLast(FileStream log)
    {
        long end = log.Length;
        while (end > 0)
        {
            (long start, byte[] line) = LineBefore(log, end);
            if (line.Length > 0 && line[^1] == NewLine && TryRead(line.AsSpan(0, line.Length - 1)) is { } value)
                return (value, end);
            end = start;
        }

        return (null, 0);
    }

    /// <summary>The line that ends at <paramref name="end"/>, with its line end if it has one.</summary>
    private static (long Start, byte[] Line) LineBefore(FileStream log, long end)
    {
        const int Step = 64 * 1024;
        long start = end;
        byte[] line = [];
        while (start > 0)
        {
            int length = (int)Math.Min(Step, start);
            byte[] block = new byte[length];
            log.Position = start - length;
            log.ReadExactly(block);
            // the line end at `end` itself belongs to the line
            int searched = start == end ? length - 1 : length;
            int at = block.AsSpan(0, searched).LastIndexOf(NewLine);
            line = [.. block.AsSpan(at + 1), .. line];
            start -= length - (at + 1);
            if (at >= 0)
                break;
        }

        return (start, line);
    }
}
