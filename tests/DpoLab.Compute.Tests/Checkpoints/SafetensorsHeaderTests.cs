using System.Buffers.Binary;
using System.Text;
using DpoLab.Compute.Checkpoints;

namespace DpoLab.Compute.Tests.Checkpoints;

/// <summary>What a file from a stranger may hold: each fault is refused with the file, the tensor and what is wrong.</summary>
public sealed class SafetensorsHeaderTests
{
    private const string A = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""";

    /// <summary>Header, bytes of data, what the message must say.</summary>
    public static TheoryData<string, int, string> Faults => new()
    {
        { "", 0, "does not begin" },
        { "[1,2]", 0, "does not begin" },
        { """{"a":""", 0, "not the JSON" },
        { A + "}}", 8, "not the JSON" },
        { A + """,}""", 8, "not the JSON" },
        { A + ""","a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", 8, "twice" },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "repeated key 'dtype'" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}""", 8, "unknown or repeated key 'extra'" },
        { """{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown type 'F33'" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "needs 12 bytes" },
        { """{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""", 8, "needs 4 bytes" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "whole numbers" },
        { """{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "whole numbers" },
        { """{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,4],"data_offsets":[0,8]}}""", 8, "larger than any file" },
        { """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", 8, "whole numbers" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "not inside" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "cut short" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", 8, "lacks" },
        { """{"a":{"dtype":"F32","shape":[2]}}""", 8, "lacks" },
        { """{"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}""", 8, "not the JSON" },
        { """{"a":[1]}""", 8, "StartArray" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "belong to no tensor" },
        { A + ""","b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "overlap" },
        { A + ""","b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}""", 16, "belong to no tensor" },
        { A + "}", 12, "last 4 bytes" },
        { A + "} x", 8, "not the JSON" },
        { """{"__metadata__":{"k":1}}""", 0, "__metadata__" },
        { """{"__metadata__":{"k":"1","k":"2"}}""", 0, "twice" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void Open_FaultyHeader_IsRefusedWithTheReason(string header, int dataBytes, string reason)
    {
        var error = Assert.Throws<CheckpointException>(() => Open(Bytes(header, dataBytes)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(error.File, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NameThatIsNotUtf8_IsRefused()
    {
        var bytes = Bytes(A + "}", 8);
        bytes[10] = 0xFF;
        Assert.Contains("not the JSON", Assert.Throws<CheckpointException>(() => Open(bytes)).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(0), InlineData(7)]
    public void Open_FileTooShortForALength_IsRefused(int bytes) =>
        Assert.Contains("too few", Assert.Throws<CheckpointException>(() => Open(new byte[bytes])).Message, StringComparison.Ordinal);

    [Theory, InlineData(ulong.MaxValue), InlineData(1UL << 62), InlineData(100_000_001UL), InlineData(65UL)]
    public void Open_HugeClaimedHeader_IsRefusedWithoutAllocatingIt(ulong claimed)
    {
        var bytes = Bytes(A + "}", 8);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, claimed);
        Assert.Throws<CheckpointException>(() => Open(bytes));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<CheckpointException>(() => Open(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        Assert.Contains($"header of {claimed} bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingFile_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(folder.File("none.safetensors")));
        Assert.Contains("none.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AnyMutationOfAGoodHeader_IsReadOrRefusedWithAReason()
    {
        var good = Encoding.UTF8.GetBytes(A + ""","b":{"dtype":"BF16","shape":[3,0,7],"data_offsets":[8,8]},"__metadata__":{"format":"pt"}}""");
        var random = new SeededRandom(5);
        var refused = 0;
        for (var trial = 0; trial < 20_000; trial++)
        {
            var bytes = good.ToArray();
            for (var change = random.Next(4); change >= 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                SafetensorsHeader.Parse(bytes.AsSpan(0, bytes.Length - (random.Next(8) == 0 ? random.Next(bytes.Length) : 0)), 8 + bytes.Length + 8, "file");
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 20_000);
    }

    private static byte[] Bytes(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }

    private static void Open(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("faulty.safetensors"), bytes);
        SafetensorsFile.Open(folder.File("faulty.safetensors")).Dispose();
    }
}
