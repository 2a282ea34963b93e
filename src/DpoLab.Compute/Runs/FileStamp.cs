using System.ComponentModel;
using System.Runtime.InteropServices;

namespace DpoLab.Compute.Runs;

/// <summary>
/// What the file system says of a file. Two equal stamps are the same content unless somebody writes within a clock tick: the time of change cannot
/// be set back, unlike the time of writing.
/// </summary>
/// <param name="Path">Absolute, links not resolved.</param>
/// <param name="Bytes">Of the file that the path leads to.</param>
/// <param name="Inode">Another file in its place has another one.</param>
/// <param name="Written">mtime in nanoseconds.</param>
/// <param name="Changed">ctime in nanoseconds.</param>
internal readonly partial record struct FileStamp(string Path, long Bytes, ulong Inode, long Written, long Changed)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint BasicFields = 0x7ff; // STATX_BASIC_STATS

    /// <summary>The stamp of a file, links followed.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static FileStamp Of(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (Look(CurrentFolder, full, 0, BasicFields, out var status) != 0)
            throw new IOException($"{full}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        return new FileStamp(full, (long)status.Bytes, status.Inode, status.Written.Nanoseconds, status.Changed.Nanoseconds);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Look(int folder, string path, int flags, uint mask, out Status status);

    /// <summary>The parts of the kernel's <c>struct statx</c> that are used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Bytes;

        [FieldOffset(96)]
        public Time Changed;

        [FieldOffset(112)]
        public Time Written;
    }

    /// <summary>The kernel's <c>struct statx_timestamp</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct Time
    {
        [FieldOffset(0)]
        public long WholeSeconds;

        [FieldOffset(8)]
        public uint Rest;

        public readonly long Nanoseconds => (WholeSeconds * 1_000_000_000) + Rest;
    }
}
