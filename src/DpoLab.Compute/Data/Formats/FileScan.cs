using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace DpoLab.Compute.Data.Formats;

/// <summary>What one pass over a file's bytes tells.</summary>
/// <param name="Bytes">Size.</param>
/// <param name="Digest">SHA-256, lower-case hexadecimal.</param>
/// <param name="LongestLine">Bytes of the longest line.</param>
/// <param name="BadUtf8">Line (from 1), byte in the line (from 1) and value of the first byte that is no valid UTF-8; null: none.</param>
internal sealed record FileScan(long Bytes, string Digest, long LongestLine, (long Line, long Place, byte Value)? BadUtf8)
{
    private const int BlockSize = 1 << 20;

    public static FileScan Of(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockSize];
        var lines = new LineCounter();
        (long, long, byte)? bad = null;
        long bytes = 0;
        int kept = 0; // bytes of a character that the last block cut in two
        while (stream.Read(block, kept, BlockSize - kept) is var read and > 0)
        {
            hash.AppendData(block, kept, read);
            bytes += read;
            var known = block.AsSpan(0, kept + read);
            int valid = bad is null ? ValidPrefix(known) : known.Length;
            lines.Count(known[..valid]);
            kept = known.Length - valid;
            if (kept >= 4 || (kept > 0 && Rune.DecodeFromUtf8(known[valid..], out _, out _) is OperationStatus.InvalidData))
            {
                bad = (lines.Line, lines.Place, known[valid]);
                lines.Count(known[valid..]);
                kept = 0;
            }

            known[(known.Length - kept)..].CopyTo(block);
        }

        if (kept > 0)
            bad = (lines.Line, lines.Place, block[0]);
        return new FileScan(bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), lines.Longest, bad);
    }

    /// <summary>How many bytes from the beginning are whole, valid characters.</summary>
    private static int ValidPrefix(ReadOnlySpan<byte> bytes)
    {
        // all but the last characters at once; those, which may be cut, and blocks with an error one by one
        int valid = Math.Max(0, bytes.Length - 8);
        while (valid > 0 && (bytes[valid] & 0xC0) == 0x80)
            valid--;
        if (!Utf8.IsValid(bytes[..valid]))
            valid = 0;
        while (valid < bytes.Length && Rune.DecodeFromUtf8(bytes[valid..], out _, out int length) is OperationStatus.Done)
            valid += length;
        return valid;
    }

    private sealed class LineCounter
    {
        public long Line { get; private set; } = 1;

        public long Place { get; private set; } = 1;

        public long Longest { get; private set; }

        public void Count(ReadOnlySpan<byte> bytes)
        {
            while (bytes.IndexOf((byte)'\n') is var end and >= 0)
            {
                Longest = Math.Max(Longest, Place - 1 + end);
                Line++;
                Place = 1;
                bytes = bytes[(end + 1)..];
            }

            Place += bytes.Length;
            Longest = Math.Max(Longest, Place - 1);
        }
    }
}
