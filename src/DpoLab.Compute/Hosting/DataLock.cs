using DpoLab.Compute.Runs;
using Microsoft.Win32.SafeHandles;

namespace DpoLab.Compute.Hosting;

/// <summary>One service a data folder: two would start each run twice. The kernel gives the lock back when its holder dies.</summary>
internal sealed class DataLock : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly SafeFileHandle handle;

    private DataLock(SafeFileHandle handle) => this.handle = handle;

    /// <summary>Takes the folder; a service that is just ending gets some time to do so.</summary>
    /// <exception cref="IOException">Another service has the folder.</exception>
    public static async Task<DataLock> TakeAsync(string dataPath, TimeSpan patience, CancellationToken cancellationToken)
    {
        var file = FileLock.Open(Path.Combine(dataPath, "serve.lock"));
        long begun = TimeProvider.System.GetTimestamp();
        while (!FileLock.TryTake(file))
        {
            if (TimeProvider.System.GetElapsedTime(begun) > patience)
            {
                file.Dispose();
                throw new IOException($"Another compute service has the data folder {dataPath}. End it, or give this one another folder with --data.");
            }

            await Task.Delay(Look, cancellationToken);
        }

        return new DataLock(file);
    }

    public void Dispose() => handle.Dispose();
}
