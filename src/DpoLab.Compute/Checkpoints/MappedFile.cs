using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace DpoLab.Compute.Checkpoints;

/// <summary>
/// A file in memory, copy on write: tensors can lie on its pages without a copy, be trained in place without the file changing, and
/// processes that hold the same model share the pages that none of them has written to. It stays mapped until the last of its tensors is gone.
/// </summary>
internal sealed unsafe partial class MappedFile
{
    private static readonly ConcurrentDictionary<nint, MappedFile> Mapped = new();

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* start;
    private int users = 1;

    private MappedFile(SafeFileHandle handle, long bytes)
    {
        file = MemoryMappedFile.CreateFromFile(handle, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        try
        {
            view = file.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.CopyOnWrite);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Mapped[(nint)start] = this;
        Bytes = bytes;
    }

    /// <summary>The length of the mapping.</summary>
    public long Bytes { get; }

    /// <summary>Maps a file of at least one byte. The caller owns one use of it, given back by <see cref="Release"/>.</summary>
    public static MappedFile Open(SafeFileHandle handle, long bytes) => new(handle, bytes);

    /// <summary>A tensor that lies on the mapped bytes; the file stays mapped as long as it, or a view of it, lives.</summary>
    public Tensor Tensor(TensorEntry entry, ScalarType type)
    {
        if (entry.Begin + entry.Bytes > Bytes)
            throw new ArgumentException($"'{entry.Name}' ends after the {Bytes} mapped bytes.", nameof(entry));
        Interlocked.Increment(ref users);
        // The type of a flat tensor of n elements cannot fail; the shape is put on by a view.
        var handle = FromBuffer(start + entry.Begin, &Freed, entry.Elements, 0, (sbyte)type, (sbyte)type, 0, -1, 0);
        if (handle == 0)
        {
            Release();
            throw new InvalidOperationException($"libtorch made no tensor on the mapped bytes of '{entry.Name}'.");
        }

        using var flat = torch.Tensor.UnsafeCreateTensor(handle);
        return flat.view(entry.Shape);
    }

    /// <summary>Gives one use back; the last one unmaps the file.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref users) > 0)
            return;
        Mapped.TryRemove((nint)start, out _);
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }

    /// <summary>libtorch calls this, on any thread, when the last tensor on a piece of a mapping is gone.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Freed(void* data)
    {
        foreach (var mapping in Mapped.Values)
        {
            if ((byte*)data >= mapping.start && (byte*)data < mapping.start + mapping.Bytes)
            {
                mapping.Release();
                return;
            }
        }
    }

    // TorchSharp's own wrapper takes a managed array alone; the native function underneath takes any address.
    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_frombuffer")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial nint FromBuffer(
        void* data, delegate* unmanaged[Cdecl]<void*, void> deleter, long count, nint offset, sbyte storedType, sbyte type, int device, int index, byte grad);
}
