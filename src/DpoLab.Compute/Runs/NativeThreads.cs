using System.Runtime.InteropServices;

namespace DpoLab.Compute.Runs;

/// <summary>How the native library's threads behave.</summary>
internal static partial class NativeThreads
{
    /// <summary>
    /// Lets idle OpenMP threads sleep instead of spinning: on two cores that also serve the lab, spinning made a small training 5 to 12 times slower.
    /// To be called before libtorch is loaded, which reads it then; a value that the user has set stays.
    /// </summary>
    public static void SleepWhenIdle() => _ = SetVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);

    // .NET keeps its own copy of the environment, which native libraries do not see
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
