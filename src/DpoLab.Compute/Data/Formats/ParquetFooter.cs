using System.Buffers.Binary;

namespace DpoLab.Compute.Data.Formats;

/// <summary>
/// Walks through the description at a Parquet file's end (Thrift's compact protocol) before the library reads it: the library believes every length
/// that stands there, and goes through a list of two billion entries that take no bytes.
/// </summary>
internal ref struct ParquetFooter
{
    /// <summary>Length of the footer and the format's mark.</summary>
    private const int TailBytes = 8;
    private const int DeepestNesting = 32;

    private ReadOnlySpan<byte> left;

    private ParquetFooter(ReadOnlySpan<byte> footer) => left = footer;

    /// <summary>What is wrong with the footer of a file; null: nothing, or it has none that could be walked through.</summary>
    public static string? ProblemOf(string path)
    {
        using var file = File.OpenHandle(path);
        long length = RandomAccess.GetLength(file);
        Span<byte> tail = stackalloc byte[TailBytes];
        if (length < TailBytes || RandomAccess.Read(file, tail, length - TailBytes) < TailBytes || !tail[4..].SequenceEqual("PAR1"u8))
            return null;
        long size = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (size > length - TailBytes || size > int.MaxValue / 2)
            return $"its footer is said to have {size} bytes, more than the file holds";
        byte[] footer = new byte[size];
        if (RandomAccess.Read(file, footer, length - TailBytes - size) < size)
            return "it became shorter while it was read";
        try
        {
            new ParquetFooter(footer).Struct(depth: 0);
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }

    private void Struct(int depth)
    {
        if (depth > DeepestNesting)
            throw new FormatException("its footer is nested too deeply");
        while (Byte() is not 0 and var head)
        {
            if (head >> 4 == 0)
                Varint(); // the field's number, where it is not the next
            if ((head & 15) is not (1 or 2)) // the type of a boolean field is its value
                Value(head & 15, depth + 1);
        }
    }

    private void Value(int type, int depth)
    {
        switch (type)
        {
            case 3:
                Skip(1);
                break;
            case 4 or 5 or 6:
                Varint();
                break;
            case 7:
                Skip(sizeof(double));
                break;
            case 8:
                Skip(Varint());
                break;
            case 9 or 10:
                List(depth);
                break;
            case 12:
                Struct(depth);
                break;
            default:
                // maps, identifiers and lists of booleans stand in no footer
                throw new FormatException($"its footer holds a value of type {type}, which none has");
        }
    }

    private void List(int depth)
    {
        if (depth > DeepestNesting)
            throw new FormatException("its footer is nested too deeply");
        int head = Byte();
        ulong count = head >> 4 == 15 ? Varint() : (ulong)(head >> 4);
        if (count > (ulong)left.Length)
            throw new FormatException($"its footer names a list of {count} entries, more than it has bytes");
        for (ulong i = 0; i < count; i++)
            Value(head & 15, depth + 1);
    }

    private int Byte()
    {
        if (left.IsEmpty)
            throw new FormatException("its footer is cut short");
        int value = left[0];
        left = left[1..];
        return value;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int part = Byte();
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
                return value;
        }

        throw new FormatException("its footer holds a number of more than ten bytes");
    }

    private void Skip(ulong bytes)
    {
        if (bytes > (ulong)left.Length)
            throw new FormatException("its footer is cut short");
        left = left[(int)bytes..];
    }
}
