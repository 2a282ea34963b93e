using System.Runtime.InteropServices;

namespace DpoLab.Compute.Runs;

/// <summary>How the native library uses threads and memory. To be chosen before libtorch is loaded, which reads its environment then.</summary>
internal static partial class NativeSettings
{
    private const int MmapThreshold = -3; // M_MMAP_THRESHOLD of malloc.h
    private const int LargeBlock = 8 << 20;

    /// <summary>
    /// Chooses what suits a process that computes with large tensors beside other processes; what the user has set in the environment stays.
    /// <list type="bullet">
    /// <item>Idle OpenMP threads sleep instead of spinning: on two cores that also serve the lab, spinning made a small training 5 to 12 times slower.</item>
    /// <item>Large blocks come in huge pages where the system offers them, so that taking them anew costs less.</item>
    /// </list>
    /// </summary>
    public static void Choose()
    {
        _ = SetVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        _ = SetVariable("THP_MEM_ALLOC_ENABLE", "1", overwrite: 0);
    }

    /// <summary>
    /// From now on blocks of 8 MB and more go back to the system when they are freed, for training, whose memory is what limits it. By default glibc
    /// keeps ever larger ones, and the peak of a DPO step's loss stage is half as high again; but reading texts is some per cent faster that way.
    /// </summary>
    public static void ReturnLargeBlocks()
    {
        if (Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is null)
            _ = SetAllocator(MmapThreshold, LargeBlock);
    }

    // .NET keeps its own copy of the environment, which native libraries do not see
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetAllocator(int parameter, int value);
}
