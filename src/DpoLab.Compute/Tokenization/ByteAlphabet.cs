using System.Buffers;
using System.Text;

namespace DpoLab.Compute.Tokenization;

/// <summary>GPT-2's one visible character for each byte: printable Latin-1 stands for itself, the others follow from U+0100 on.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly int[] Bytes = MakeBytes();

    /// <summary>The UTF-8 bytes of a text, one character each.</summary>
    public static string FromText(ReadOnlySpan<char> text)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        int count = Encoding.UTF8.GetBytes(text, rented);
        string result = string.Create(count, rented, static (characters, bytes) =>
        {
            for (int i = 0; i < characters.Length; i++)
                characters[i] = Characters[bytes[i]];
        });
        ArrayPool<byte>.Shared.Return(rented);
        return result;
    }

    /// <summary>The spelling of bytes in a byte-level vocabulary.</summary>
    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (byte b in bytes)
            text.Append(Characters[b]);
        return text.ToString();
    }

    /// <summary>Adds the bytes that a token stands for; one that is not spelled in this alphabet stands for its own UTF-8 bytes.</summary>
    public static void AddBytes(string token, List<byte> bytes)
    {
        foreach (char c in token)
        {
            if (c >= Bytes.Length || Bytes[c] < 0)
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                return;
            }
        }

        foreach (char c in token)
            bytes.Add((byte)Bytes[c]);
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        int extra = 0x100;
        for (int b = 0; b < 256; b++)
            characters[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : (char)extra++;
        return characters;
    }

    private static int[] MakeBytes()
    {
        var bytes = new int[Characters.Max() + 1];
        Array.Fill(bytes, -1);
        for (int b = 0; b < 256; b++)
            bytes[Characters[b]] = b;
        return bytes;
    }
}
