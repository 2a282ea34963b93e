using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DpoLab.Compute.Runs;

/// <summary>An advisory lock between processes, given back by the kernel when its holder dies.</summary>
internal static partial class FileLock
{
    private const int Exclusive = 2;
    private const int Unlock = 8;
    private const int Interrupted = 4;

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

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flock(SafeFileHandle handle, int operation);

    /// <summary>A lock that is held.</summary>
    internal readonly ref struct Held(SafeFileHandle handle)
    {
        public void Dispose() => _ = Flock(handle, Unlock);
    }
}
