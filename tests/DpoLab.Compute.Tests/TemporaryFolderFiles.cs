using System.Text;

namespace DpoLab.Compute.Tests;

/// <summary>Files in a test's folder.</summary>
internal static class TemporaryFolderFiles
{
    /// <summary>Writes a file and returns its path.</summary>
    public static string Write(this TemporaryFolder folder, string name, string content) => folder.Write(name, Encoding.UTF8.GetBytes(content));

    /// <inheritdoc cref="Write(TemporaryFolder, string, string)"/>
    public static string Write(this TemporaryFolder folder, string name, byte[] content)
    {
        string path = Path.Combine(folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Copies the files of a folder into this one.</summary>
    public static void Fill(this TemporaryFolder folder, string source)
    {
        foreach (string file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>Copies a folder with all that is below it to a place within this one.</summary>
    public static void Copy(this TemporaryFolder folder, string source, string target)
    {
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            folder.Write(Path.Combine(target, Path.GetRelativePath(source, file)), File.ReadAllBytes(file));
    }
}
