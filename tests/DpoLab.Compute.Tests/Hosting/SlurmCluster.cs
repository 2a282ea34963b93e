using System.Diagnostics;
using DpoLab.Tests;

namespace DpoLab.Compute.Tests.Hosting;

/// <summary>A throw-away Slurm cluster on this machine (<c>tests/tools/slurm-cluster.sh</c>).</summary>
internal sealed class SlurmCluster : IAsyncDisposable
{
    private readonly string folder;

    private SlurmCluster(string folder) => this.folder = folder;

    /// <summary>The configuration file that its commands read.</summary>
    public string Configuration => Path.Combine(folder, "slurm.conf");

    /// <summary>True where Slurm's daemons are installed: they are no part of the lab, so a machine without them cannot test them.</summary>
    public static bool IsInstalled => File.Exists("/usr/sbin/slurmctld") && File.Exists("/usr/sbin/slurmd") && File.Exists("/usr/sbin/munged");

    /// <summary>Starts it.</summary>
    public static async Task<SlurmCluster> UpAsync(string folder, CancellationToken cancellationToken)
    {
        // munge insists that everyone can reach its socket
        const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(Path.GetDirectoryName(folder)!, Passable);
        var cluster = new SlurmCluster(folder);
        await cluster.CallAsync(cancellationToken, "up");
        return cluster;
    }

    /// <summary>Kills a node with every process of its jobs.</summary>
    public Task CrashAsync(string node, CancellationToken cancellationToken) => CallAsync(cancellationToken, "crash-node", node);

    public async ValueTask DisposeAsync() => await CallAsync(CancellationToken.None, "down");

    private async Task CallAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        // output into a file: the daemons inherit it and would keep a pipe open for ever
        var start = new ProcessStartInfo("/bin/bash") { UseShellExecute = false };
        string log = Path.Combine(folder, "cluster.log");
        Directory.CreateDirectory(folder);
        foreach (string argument in (string[])["-c", "log=$1; shift; exec bash \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log, Path.Combine(Repository.Root, "tests", "tools", "slurm-cluster.sh"), .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["SLURMTEST_DIR"] = folder;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"slurm-cluster.sh {arguments[0]} failed: {await File.ReadAllTextAsync(log, cancellationToken)}");
    }
}
