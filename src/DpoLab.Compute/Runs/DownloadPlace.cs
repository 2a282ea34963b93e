using DpoLab.Compute.Downloads;
using Microsoft.Win32.SafeHandles;

namespace DpoLab.Compute.Runs;

/// <summary>Where a commit of a repository lies in the data folder: complete under its own name, or hidden beside it while it is not.</summary>
internal sealed class DownloadPlace
{
    /// <summary>The place of a commit; nothing is made yet.</summary>
    /// <param name="dataPath">The service's data folder.</param>
    /// <param name="isDataset">Under <c>datasets/</c>, else under <c>models/</c>.</param>
    /// <param name="repository">Checked by the run's settings: no part of it leads elsewhere.</param>
    /// <param name="commit">40 hexadecimal digits.</param>
    public DownloadPlace(string dataPath, bool isDataset, string repository, string commit)
    {
        string parent = Path.Combine([dataPath, isDataset ? "datasets" : "models", .. repository.Split('/')]);
        Finished = Path.Combine(parent, commit);
        Unfinished = Path.Combine(parent, $".{commit}.part");
    }

    /// <summary>The folder that is filled.</summary>
    public string Unfinished { get; }

    /// <summary>The folder that is complete when it is there.</summary>
    public string Finished { get; }

    /// <summary>Makes the folder this process's own; given back when the process ends, however it ends.</summary>
    /// <exception cref="DownloadException">Another process fills it.</exception>
    public SafeFileHandle Hold()
    {
        Directory.CreateDirectory(Unfinished);
        var handle = FileLock.Open(Path.Combine(Path.GetDirectoryName(Unfinished)!, $".{Path.GetFileName(Finished)}.lock"));
        if (FileLock.TryTake(handle))
            return handle;
        handle.Dispose();
        throw new DownloadException($"Another run fetches the same into {Finished}. Wait until it has finished, then retry: nothing is fetched twice.");
    }

    /// <summary>Gives the folder its own name, in one step; where an earlier download has it already, the new files join it one by one.</summary>
    public void Publish(IReadOnlyList<HubFile> files)
    {
        if (!Directory.Exists(Finished))
        {
            Directory.Move(Unfinished, Finished);
            return;
        }

        foreach (string path in files.Select(file => file.Path).Where(path => File.Exists(Path.Combine(Unfinished, path))))
        {
            string target = Path.Combine(Finished, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(Path.Combine(Unfinished, path), target, overwrite: true);
        }

        Directory.Delete(Unfinished, recursive: true);
    }
}
