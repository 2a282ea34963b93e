namespace DpoLab.Web.Compute;

/// <summary>Finds the compute service's executable.</summary>
internal static class ComputeExecutable
{
    private const string Name = "dpolab-compute";

    /// <summary>The configured one, or the one beside the web server, or the one in the checkout's build output.</summary>
    /// <exception cref="FileNotFoundException">There is none; the message says what to do.</exception>
    public static string Find(string? configured)
    {
        if (configured is not null)
        {
            return File.Exists(configured)
                ? Path.GetFullPath(configured)
                : throw new FileNotFoundException($"Compute:Executable names {configured}, which is not there. Correct the path, or leave it out to use the lab's own.");
        }

        return Candidates(AppContext.BaseDirectory).FirstOrDefault(IsWhole)
            ?? throw new FileNotFoundException($"{Name} is neither beside {AppContext.BaseDirectory} nor built in this checkout. Run ./lab up, or set Compute:Executable.");
    }

    /// <summary>A build can leave the starter alone beside what only refers to the service.</summary>
    private static bool IsWhole(string starter) => File.Exists(starter) && File.Exists(starter + ".dll");

    private static IEnumerable<string> Candidates(string folder)
    {
        yield return Path.Combine(folder, Name);
        yield return Path.Combine(folder, "compute", Name);
        yield return Path.Combine(folder, "..", "compute", Name);
        // …/src/DpoLab.Web/bin/Release/net10.0/: the same configuration first
        string own = folder.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            if (!File.Exists(Path.Combine(at.FullName, "DpoLab.sln")))
                continue;
            foreach (string configuration in new[] { own, "Release", "Debug" })
            {
                string output = Path.Combine(at.FullName, "src", "DpoLab.Compute", "bin", configuration, "net10.0");
                yield return Path.Combine(output, "linux-x64", Name);
                yield return Path.Combine(output, Name);
            }
        }
    }
}
