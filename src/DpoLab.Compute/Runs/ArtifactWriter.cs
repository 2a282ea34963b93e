namespace DpoLab.Compute.Runs;

/// <summary>Writes below <c>artifacts/</c>: under another name first, so that a file that is there is complete.</summary>
internal sealed class ArtifactWriter
{
    private readonly RunDirectory run;
    private readonly RunReport report;

    public ArtifactWriter(RunDirectory run, RunReport report)
    {
        (this.run, this.report) = (run, report);
        Directory.CreateDirectory(run.ArtifactsPath);
    }

    /// <summary>Removes what a killed attempt, or a failed one, left half-written.</summary>
    public static void RemoveUnfinished(RunDirectory run)
    {
        foreach (string folder in new[] { run.ArtifactsPath, run.CheckpointPath, run.FullPath }.Where(Directory.Exists))
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(folder, AtomicFile.TemporaryPrefix + "*"))
                Remove(entry);
        }
    }

    /// <summary>Writes a file.</summary>
    /// <param name="name">Below <c>artifacts/</c>.</param>
    /// <param name="write">Gets the path to write to.</param>
    public void File(string name, Action<string> write) => Write(name, write);

    /// <summary>Writes a folder.</summary>
    /// <param name="name">Below <c>artifacts/</c>.</param>
    /// <param name="write">Gets the path of an empty folder to fill.</param>
    public void Folder(string name, Action<string> write) => Write(name, path =>
    {
        Directory.CreateDirectory(path);
        write(path);
    });

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            System.IO.File.Delete(path);
    }

    private void Write(string name, Action<string> write)
    {
        string path = Path.Combine(run.ArtifactsPath, name);
        string temporary = AtomicFile.TemporaryOf(path);
        try
        {
            write(temporary);
            FlushToDisk(temporary);
            var digest = ContentDigest.Of(temporary);
            if (Directory.Exists(temporary))
            {
                Remove(path);
                Directory.Move(temporary, path);
            }
            else
            {
                System.IO.File.Move(temporary, path, overwrite: true);
            }

            report.Artifact(name, digest.Bytes, digest.Sha256);
        }
        finally
        {
            Remove(temporary);
        }
    }

    private static void FlushToDisk(string path)
    {
        string[] files = Directory.Exists(path) ? Directory.GetFiles(path, "*", SearchOption.AllDirectories) : [path];
        foreach (string file in files)
        {
            using var handle = System.IO.File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
    }
}
