using System.Runtime.CompilerServices;
using TorchSharp;

namespace DpoLab.Compute.Tests;

/// <summary>
/// Every test computes on one thread: how a sum is split among threads changes its rounding, so values would depend on the machine, and test
/// classes that run side by side would wait for each other's threads.
/// </summary>
internal static class OneThread
{
#pragma warning disable CA2255 // a test assembly has no entry point of its own to say this in
    [ModuleInitializer]
    public static void Set() => torch.set_num_threads(1);
#pragma warning restore CA2255
}
