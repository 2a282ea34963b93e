using System.Buffers.Binary;
using System.Text;
using DpoLab.Compute.Checkpoints;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Checkpoints;

public sealed class SafetensorsFileTests
{
    public static TheoryData<ScalarType> Types =>
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32, ScalarType.Int16,
        ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    [Theory, MemberData(nameof(Types))]
    public void Write_ThenLoad_GivesTheSameBits(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.File("t.safetensors");
        var tensors = new Dictionary<string, Tensor>
        {
            ["matrix"] = (randn(7, 5) * 10).to(type),
            ["turned"] = (randn(3, 4) * 10).to(type).t(),
            ["scalar"] = ones([], type),
            ["nothing"] = zeros([0, 3], type),
        };

        SafetensorsFile.Write(path, tensors, new Dictionary<string, string> { ["kind"] = "té\"st" });

        using var file = SafetensorsFile.Open(path);
        Assert.Equal("té\"st", file.Metadata["kind"]);
        Assert.Equal(tensors.Keys.Order(), file.Names.Order());
        foreach (var (name, tensor) in tensors)
        {
            var loaded = file.Load(name);
            Assert.Equal(type, loaded.dtype);
            Assert.True(loaded.Equals(tensor), name);
        }
    }

    [Fact]
    public void Load_OtherType_Converts()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        // Larger than one piece of the reader.
        var stored = randn(3, 3_000_001).to(ScalarType.BFloat16);
        SafetensorsFile.Write(folder.File("t.safetensors"), new Dictionary<string, Tensor> { ["x"] = stored });
        using var file = SafetensorsFile.Open(folder.File("t.safetensors"));
        Assert.True(file.Load("x", CPU, ScalarType.Float32).Equals(stored.to(ScalarType.Float32)));
    }

    [Fact]
    public void Load_ChangedInPlace_LeavesTheFileAndOutlivesIt()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.File("t.safetensors");
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["x"] = arange(1000, ScalarType.Float32) });
        var before = File.ReadAllBytes(path);
        Tensor x;
        using (var file = SafetensorsFile.Open(path))
            x = file.Load("x");
        x.mul_(2);
        // Replaced as training replaces its checkpoint: what is mapped stays what it was.
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["x"] = zeros(1000) });

        Assert.Equal(999_000f, x.sum().item<float>());
        Assert.NotEqual(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void Load_TensorAtAnUnevenAddress_IsCopied()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.File("t.safetensors");
        var json = """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} """;
        Assert.NotEqual(0, json.Length % 4);
        var bytes = new byte[8 + json.Length + 8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        Encoding.UTF8.GetBytes(json).CopyTo(bytes, 8);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + json.Length), 1.5f);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(12 + json.Length), -2);
        File.WriteAllBytes(path, bytes);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal([1.5f, -2f], file.Load("x").data<float>().ToArray());
    }

    [Fact]
    public void Load_UnknownName_NamesWhatThereIs()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafetensorsFile.Write(folder.File("t.safetensors"), new Dictionary<string, Tensor> { ["here"] = ones(1) });
        using var file = SafetensorsFile.Open(folder.File("t.safetensors"));
        var error = Assert.Throws<CheckpointException>(() => file.Load("there"));
        Assert.Contains("'there'", error.Message, StringComparison.Ordinal);
        Assert.Contains("here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ThatFails_LeavesTheOldFileAndNothingElse()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.File("t.safetensors");
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["x"] = ones(3) });
        var gone = ones(3);
        var before = File.ReadAllBytes(path);
        var tensors = new Dictionary<string, Tensor> { ["a"] = ones(2_000_000), ["b"] = gone };
        gone.Dispose();

        Assert.ThrowsAny<Exception>(() => SafetensorsFile.Write(path, tensors));

        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
