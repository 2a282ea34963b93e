using System.CommandLine;
using System.Security.Cryptography;

namespace DpoLab.Compute.Hosting;

/// <summary><c>serve</c>: the hosted compute service.</summary>
internal static class ServeCommand
{
    /// <summary>Environment variable that holds the token, which a command line would show to every user of the host.</summary>
    public const string TokenVariable = "DPOLAB_COMPUTE_TOKEN";

    private static readonly Option<string> Urls = new("--urls") { Description = "Addresses to listen on; port 0 takes a free one.", DefaultValueFactory = _ => "http://127.0.0.1:5180" };
    private static readonly Option<string> Data = new("--data") { Description = "Folder of runs and uploads.", DefaultValueFactory = _ => "data" };
    private static readonly Option<string?> Token = new("--token") { Description = $"What callers must show. Better: --token-file, or {TokenVariable} in the environment." };
    private static readonly Option<string?> TokenFile = new("--token-file") { Description = "File that holds the token. It is made when it is not there." };
    private static readonly Option<string?> PortFile = new("--port-file") { Description = "File that gets the bound address when the service answers." };
    private static readonly Option<int?> ParentPid = new("--parent-pid") { Description = "End when this process is gone. Runs go on." };
    private static readonly Option<long> LeastFree = new("--least-free-mb") { Description = "Take no run when less disk is free.", DefaultValueFactory = _ => 512 };

    private static readonly Option<string> Executor = new("--executor") { Description = "Where runs execute: local or slurm.", DefaultValueFactory = _ => LocalExecutor.Word };
    private static readonly Option<int> MostJobs = new("--most-jobs") { Description = "Slurm: jobs in the cluster's hands at once.", DefaultValueFactory = _ => 32 };
    private static readonly Option<string[]> Sbatch = new("--sbatch") { Description = "Slurm: an option of sbatch, as --sbatch=--gres=gpu:1. May be repeated.", DefaultValueFactory = _ => [] };

    public static Command Create()
    {
        Executor.AcceptOnlyFromAmong(LocalExecutor.Word, SlurmExecutor.Word);
        var command = new Command("serve", "Serves a lab: takes runs, executes them one after another on each device, reports.")
        {
            Urls, Data, Token, TokenFile, PortFile, ParentPid, LeastFree, Executor, MostJobs, Sbatch,
        };
        command.SetAction(ServeAsync);
        return command;
    }

    private static async Task<int> ServeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            await ComputeHost.RunAsync(await OptionsAsync(parsed, cancellationToken), cancellationToken);
            return 0;
        }
        catch (IOException e)
        {
            // a port that is taken, a folder that cannot be written: one line says it
            await Console.Error.WriteLineAsync(e.Message.AsMemory(), cancellationToken);
            return 1;
        }
    }

    private static async Task<ServeOptions> OptionsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string data = Path.GetFullPath(parsed.GetRequiredValue(Data));
        Directory.CreateDirectory(data);
        return new ServeOptions
        {
            Urls = parsed.GetRequiredValue(Urls),
            DataPath = data,
            Token = await TokenAsync(parsed, data, cancellationToken),
            PortFile = parsed.GetValue(PortFile),
            ParentProcessId = parsed.GetValue(ParentPid),
            LeastFreeBytes = parsed.GetValue(LeastFree) << 20,
            Executor = parsed.GetRequiredValue(Executor),
            MostJobs = parsed.GetValue(MostJobs),
            SbatchOptions = parsed.GetValue(Sbatch) ?? [],
        };
    }

    private static async Task<string> TokenAsync(ParseResult parsed, string data, CancellationToken cancellationToken)
    {
        string? given = parsed.GetValue(Token) ?? Environment.GetEnvironmentVariable(TokenVariable);
        if (!string.IsNullOrWhiteSpace(given))
            return given.Trim();
        string path = parsed.GetValue(TokenFile) ?? Path.Combine(data, "token");
        if (File.Exists(path))
            return (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        string made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var onlyOwner = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (var writer = new StreamWriter(path, onlyOwner))
            await writer.WriteAsync(made.AsMemory(), cancellationToken);
        Console.WriteLine($"A token was made: {path}. Give it to the lab that connects to this service.");
        return made;
    }
}
