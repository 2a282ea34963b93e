namespace DpoLab.Compute.Tests;

/// <summary>A folder of one test, removed at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dpolab-test-").FullName;

    public string FullPath => Path;

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Combine(params string[] parts) => File(parts);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that was just killed may still hold or make a file: the system's own cleaning takes the rest.
        }
    }
}
