using System.Runtime.InteropServices;

namespace DpoLab.Web.Compute;

/// <summary>Signals that .NET cannot send.</summary>
internal static partial class UnixSignals
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    /// <summary>Asks a process to end.</summary>
    public static void Terminate(int processId) => _ = Send(processId, SigTerm);

    /// <summary>Ends a process.</summary>
    public static void Kill(int processId) => _ = Send(processId, SigKill);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(int processId, int signal);
}
