using System.Runtime.InteropServices;

namespace DpoLab.Compute.Runs;

/// <summary>
/// A host that has PyTorch needs no second libtorch: <c>DPOLAB_TORCH_LIB</c> names the <c>torch/lib</c> folder of a PyTorch of the same version, and
/// its libraries are loaded from there before TorchSharp asks for them.
/// </summary>
internal static class PyTorchLibraries
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "DPOLAB_TORCH_LIB";

    /// <summary>Each before those that need it. The ones for CUDA are there in a PyTorch with CUDA alone.</summary>
    private static readonly (string Name, bool Cuda)[] InOrder =
        [("libc10.so", false), ("libc10_cuda.so", true), ("libtorch_cpu.so", false), ("libtorch_cuda_linalg.so", true), ("libtorch_cuda.so", true), ("libtorch.so", false)];

    /// <summary>The folder, when one is named.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    /// <summary>Loads the libraries of the named folder; does nothing when none is named. To be called before anything else touches libtorch.</summary>
    /// <exception cref="InputException">The folder is not that of a PyTorch, or a library cannot be loaded.</exception>
    public static void LoadIfNamed()
    {
        if (Folder is not { } folder)
            return;
        foreach (var (name, cuda) in InOrder)
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                if (cuda)
                    continue;
                throw new InputException($"{Variable} is {folder}, which holds no {name}. Name the torch/lib folder of a PyTorch 2.10, or leave the variable out.");
            }

            try
            {
                NativeLibrary.Load(path);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                throw new InputException($"{path} cannot be loaded: {error.Message} Use a PyTorch 2.10 for this machine, or leave {Variable} out.", error);
            }
        }
    }
}
