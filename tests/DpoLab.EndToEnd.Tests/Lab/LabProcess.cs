using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using DpoLab.Tests;

namespace DpoLab.EndToEnd.Tests.Lab;

/// <summary>
/// The real lab: the web server's executable in a process of its own, with a data folder of its own, on a free port. The web server starts
/// its embedded compute service itself. Disposing kills both and what they left running.
/// </summary>
internal sealed partial class LabProcess : IAsyncDisposable
{
    private readonly StringBuilder output = new();
    private readonly Process process;

    private LabProcess(string data, IReadOnlyList<string> arguments)
    {
        Data = data;
        process = Launch(arguments);
    }

    /// <summary>Where the lab answers, without a slash at the end.</summary>
    public string Address { get; private set; } = string.Empty;

    /// <summary>The lab's data folder: database, run directories, uploads.</summary>
    public string Data { get; }

    /// <summary>Everything that the web server has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Starts a lab and waits until it answers.</summary>
    public static async Task<LabProcess> StartAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var lab = new LabProcess(Directory.CreateTempSubdirectory("dpolab-e2e-").FullName, arguments);
        try
        {
            await lab.WaitUntilListeningAsync(cancellationToken);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>The processes that belong to this lab and whose command line holds all of these words.</summary>
    public IReadOnlyList<int> Processes(params string[] words) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0)
            .Where(id => id > 0 && CommandLine(id) is { } line && line.Contains(Data, StringComparison.Ordinal) && words.All(line.Contains)),
    ];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        foreach (int id in Processes())
            Kill(id);
        Directory.Delete(Data, recursive: true);
    }

    /// <summary>SIGKILL; a process that is gone already is fine.</summary>
    public static void Kill(int processId)
    {
        try
        {
            using var victim = Process.GetProcessById(processId);
            victim.Kill();
            victim.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (ArgumentException)
        {
            // it ended between looking and killing
        }
    }

    private static string? CommandLine(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return null; // it ended between listing and reading
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"The lab is open at (?<url>http://[^\s/]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListeningLine();

    private Process Launch(IReadOnlyList<string> arguments)
    {
        string configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        string web = Path.Combine(Repository.Root, "src", "DpoLab.Web");
        var start = new ProcessStartInfo(Path.Combine(web, "bin", configuration, "net10.0", "DpoLab.Web"))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = web,
        };
        string[] fixedArguments = ["--urls", "http://127.0.0.1:0", "--Lab:DataDirectory", Data];
        foreach (string argument in fixedArguments.Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Compute__Executable"] =
            Path.Combine(Repository.Root, "src", "DpoLab.Compute", "bin", configuration, "net10.0", "linux-x64", "dpolab-compute");
        var started = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        started.OutputDataReceived += (_, line) => Keep(line.Data);
        started.ErrorDataReceived += (_, line) => Keep(line.Data);
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }

    private void Keep(string? line)
    {
        lock (output)
            output.AppendLine(line);
    }

    private async Task WaitUntilListeningAsync(CancellationToken cancellationToken)
    {
        await Wait.UntilAsync(
            () => process.HasExited || ListeningLine().IsMatch(Output), TimeSpan.FromMinutes(1), "the web server listens", cancellationToken);
        if (process.HasExited)
            throw new InvalidOperationException($"The web server ended with code {process.ExitCode}:\n{Output}");
        Address = ListeningLine().Match(Output).Groups["url"].Value;
    }
}
