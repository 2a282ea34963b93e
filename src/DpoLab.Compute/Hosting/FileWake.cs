namespace DpoLab.Compute.Hosting;

/// <summary>Wakes a reader when a file is made or grows.</summary>
internal sealed class FileWake : IDisposable
{
    private readonly SemaphoreSlim signal = new(0, 1);
    private readonly FileSystemWatcher? watcher;

    public FileWake(string path)
    {
        try
        {
            watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path))
            {
                NotifyFilter = NotifyFilters.Size | NotifyFilters.LastWrite | NotifyFilters.FileName,
            };
            watcher.Changed += (_, _) => Signal();
            watcher.Created += (_, _) => Signal();
            watcher.EnableRaisingEvents = true;
        }
        catch (IOException)
        {
            // the kernel's number of watches is used up: the reader looks again by itself, only later
            watcher?.Dispose();
            watcher = null;
        }
    }

    /// <summary>Returns at the next change, one that has not been waited for, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => signal.WaitAsync(atMost, cancellationToken);

    public void Dispose()
    {
        watcher?.Dispose();
        signal.Dispose();
    }

    private void Signal()
    {
        try
        {
            if (signal.CurrentCount == 0)
                signal.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // another signal was quicker, or nobody waits any more: both are fine
        }
    }
}
