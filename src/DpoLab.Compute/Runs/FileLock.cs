using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DpoLab.Compute.Runs;

/// <summary>An advisory lock between processes, given back by the kernel when its holder dies.</summary>
internal static partial class FileLock
{
    private const int Exclusive = 2;
    private const int Unlock = 8;
    private const int WithoutWaiting = 4;
    private const int Interrupted = 4;
    private const int OpenFlags = 0x2 | 0x40 | 0x80000; // O_RDWR | O_CREAT | O_CLOEXEC
    private const int OwnerWritesOthersRead = 0x1A4;

    /// <summary>Opens the lock's file. .NET's own opening tries a shared lock on it, which fails while another process holds it.</summary>
    public static SafeFileHandle Open(string path)
    {
        var handle = OpenFile(path, OpenFlags, OwnerWritesOthersRead);
        return handle.IsInvalid
            ? throw new IOException($"{path} cannot be opened.", new Win32Exception(Marshal.GetLastPInvokeError()))
            : handle;
    }

    /// <summary>Waits for the lock; disposing the result gives it back.</summary>
    public static Held Take(SafeFileHandle handle)
    {
        while (Flock(handle, Exclusive) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                throw new IOException("The lock of the event log cannot be taken.", new Win32Exception(error));
        }

        return new Held(handle);
    }

    /// <summary>Takes the lock for as long as the handle is open; false while somebody else has it.</summary>
    public static bool TryTake(SafeFileHandle handle) => Flock(handle, Exclusive | WithoutWaiting) == 0;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flock(SafeFileHandle handle, int operation);

    /// <summary>A lock that is held.</summary>
    internal readonly ref struct Held(SafeFileHandle handle)
    {
        public void Dispose() => _ = Flock(handle, Unlock);
    }
}
