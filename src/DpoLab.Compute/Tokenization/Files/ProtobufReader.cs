using System.Buffers.Binary;
using System.Text;

namespace DpoLab.Compute.Tokenization.Files;

/// <summary>Reads the fields of a protocol-buffers message, one after the other.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, string where)
{
    private ReadOnlySpan<byte> rest = message;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, for numbers and flags.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value, for texts and messages within.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Its value as a 32-bit float.</summary>
    public readonly float Single => BitConverter.UInt32BitsToSingle((uint)Number);

    /// <summary>Its value as a whole number with a sign.</summary>
    public readonly int Integer => unchecked((int)(long)Number);

    /// <summary>Its value as a text.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Moves to the next field; false at the end.</summary>
    /// <exception cref="InputException">The bytes are cut off or no such message.</exception>
    public bool Read()
    {
        if (rest.IsEmpty)
            return false;
        ulong tag = ReadVarint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Number = ReadVarint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                Bytes = Take(ReadVarint());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw Malformed();
        }

        return true;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int i = 0; i < 10 && i < rest.Length; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if ((rest[i] & 0x80) == 0)
            {
                rest = rest[(i + 1)..];
                return value;
            }
        }

        throw Malformed();
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)rest.Length)
            throw Malformed();
        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    private readonly InputException Malformed() =>
        new($"{where}: is cut off, or neither a SentencePiece model nor a tiktoken file. Copy it again.");
}
