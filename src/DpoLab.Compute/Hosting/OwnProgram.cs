namespace DpoLab.Compute.Hosting;

/// <summary>How to start this program again.</summary>
internal static class OwnProgram
{
    private const string Name = "dpolab-compute";

    /// <summary>Program and leading arguments, whichever of the executable and <c>dotnet</c> started this process.</summary>
    public static IReadOnlyList<string> Command { get; } = Find();

    private static string[] Find()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, Name + ".dll");
        string self = Environment.ProcessPath ?? Name;
        if (Path.GetFileName(self) == "dotnet" && File.Exists(assembly))
            return [self, "exec", assembly];
        string executable = Path.Combine(AppContext.BaseDirectory, Name);
        return File.Exists(executable) ? [executable] : [self];
    }
}
