using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace DpoLab.Compute.Checkpoints;

/// <summary>
/// One safetensors file, opened for reading. On the CPU, in the type that it is stored in, a tensor lies on the mapped file without a copy
/// (writing to it does not change the file); otherwise it is read and converted piece by piece, so that loading a model needs little more host
/// memory than the model itself. Tensors outlive the file object.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const long PieceBytes = 2 << 20;

    private readonly SafeFileHandle handle;
    private readonly SafetensorsHeader header;
    private readonly long bytes;
    private MappedFile? mapping;
    private Tensor? staging; // one for all tensors: one for each would leave as many holes between them in the heap

    private SafetensorsFile(string path, SafeFileHandle handle, SafetensorsHeader header, long bytes)
    {
        Path = path;
        this.handle = handle;
        this.header = header;
        this.bytes = bytes;
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>The names of its tensors.</summary>
    public IEnumerable<string> Names => header.Entries.Keys;

    /// <summary>Type, shape and place of each tensor, by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Entries => header.Entries;

    /// <summary>The free text that the writer left in the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Opens a file and checks its whole header.</summary>
    /// <exception cref="CheckpointException">The file is missing, cut short or not as the format demands.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle? opened = null;
        try
        {
            opened = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var length = RandomAccess.GetLength(opened);
            Span<byte> first = stackalloc byte[8];
            var json = new byte[SafetensorsHeader.LengthIn(first[..ReadAll(opened, first, 0)], length, path)];
            if (ReadAll(opened, json, 8) < json.Length)
                throw new CheckpointException(path, null, "the file became shorter while it was read", "Do not write to it while it is in use.");
            return new SafetensorsFile(path, opened, SafetensorsHeader.Parse(json, length, path), length);
        }
        catch (Exception error)
        {
            opened?.Dispose();
            if (error is IOException or UnauthorizedAccessException)
                throw new CheckpointException(path, null, "cannot be opened", error.Message, error);
            throw;
        }
    }

    /// <summary>Writes tensors into a new file, or in place of an old one, in one step: see <see cref="SafetensorsWriter"/>.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafetensorsWriter.Write(path, tensors, metadata);

    /// <summary>Reads one tensor.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="device">Where it shall be; the CPU when null.</param>
    /// <param name="type">What it shall be converted to; the stored type when null.</param>
    /// <returns>The tensor, in the current dispose scope.</returns>
    /// <exception cref="CheckpointException">The file has no such tensor, or torch has no such type.</exception>
    public Tensor Load(string name, Device? device = null, ScalarType? type = null)
    {
        if (!header.Entries.TryGetValue(name, out var entry))
            throw new CheckpointException(Path, name, "the file has no such tensor", $"It has: {Some(Names)}.");
        var stored = entry.Type
            ?? throw new CheckpointException(Path, name, $"is stored as {entry.StoredType}, which cannot be computed with", "Convert it to F32, F16 or BF16.");
        var target = type ?? stored;
        var place = device ?? CPU;
        if (entry.Bytes == 0)
            return empty(entry.Shape, target, place);
        // A tensor at an odd address (a header of odd length) would be read wrongly by vector instructions that ask for alignment.
        var aligned = entry.Begin % stored.ElementSize() == 0;
        if (place.type == DeviceType.CPU && target == stored && aligned)
            return (mapping ??= Map()).Tensor(entry, stored);
        return Copy(entry, stored, target, place);
    }

    /// <summary>Closes the file. Tensors that were loaded from it stay good.</summary>
    public void Dispose()
    {
        mapping?.Release();
        mapping = null;
        staging?.Dispose();
        staging = null;
        handle.Dispose();
    }

    /// <summary>Reads at most 2 MB at a time into the staging tensor and converts it from there.</summary>
    private Tensor Copy(TensorEntry entry, ScalarType stored, ScalarType target, Device device)
    {
        var size = stored.ElementSize();
        if (staging is null || staging.dtype != stored)
        {
            staging?.Dispose();
            staging = empty([PieceBytes / size], stored, CPU).DetachFromDisposeScope();
        }

        var result = empty(entry.Shape, target, device);
        using var scope = NewDisposeScope();
        var flat = result.view(-1);
        var piece = Math.Min(entry.Elements, PieceBytes / size);
        for (long done = 0; done < entry.Elements; done += piece)
        {
            var count = Math.Min(piece, entry.Elements - done);
            var wanted = staging.bytes[..(int)(count * size)];
            if (ReadAll(handle, wanted, entry.Begin + done * size) < wanted.Length)
                throw new CheckpointException(Path, entry.Name, "the file became shorter while it was read", "Do not write to it while it is in use.");
            using var source = staging.narrow(0, 0, count);
            using var destination = flat.narrow(0, done, count);
            destination.copy_(source);
        }

        return result;
    }

    private MappedFile Map()
    {
        if (RandomAccess.GetLength(handle) < bytes)
            throw new CheckpointException(Path, null, "the file became shorter since it was opened", "Do not write to it while it is in use.");
        return MappedFile.Open(handle, bytes);
    }

    private static int ReadAll(SafeFileHandle source, Span<byte> buffer, long offset)
    {
        var done = 0;
        while (done < buffer.Length)
        {
            var count = RandomAccess.Read(source, buffer[done..], offset + done);
            if (count == 0)
                break;
            done += count;
        }

        return done;
    }

    private static string Some(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal).Take(8)) + ", …";
}
