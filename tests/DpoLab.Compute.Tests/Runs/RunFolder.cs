using System.Text.Json;
using DpoLab.Compute.Models;
using DpoLab.Compute.Runs;
using DpoLab.Contracts;
using DpoLab.Contracts.Results;
using DpoLab.Contracts.Runs;
using static TorchSharp.torch;

namespace DpoLab.Compute.Tests.Runs;

/// <summary>A data folder in which whole runs are executed in this process, as the compute service would start them.</summary>
public sealed class RunFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A file beside the runs.</summary>
    public string File(string name) => folder.Combine(name);

    /// <summary>The path of what a run has made.</summary>
    public string Artifact(string run, string path) => folder.Combine("runs", run, "artifacts", path);

    /// <summary>Executes a run to its end, which must be a good one.</summary>
    public T Run<T>(string id, RunParameters parameters)
        where T : RunResult
    {
        string directory = Write(id, parameters);
        var code = RunProcess.Execute(directory, TestContext.Current.CancellationToken);
        Assert.True(code is ExitCode.Succeeded, $"{id}: {code}. {Events(id).OfType<FinishedEvent>().LastOrDefault()?.Reason}");
        return Assert.IsType<T>(Events(id).OfType<FinishedEvent>().Last().Result);
    }

    /// <summary>Executes a run that must fail.</summary>
    /// <returns>Its reason.</returns>
    public string Fail(string id, RunParameters parameters)
    {
        Assert.Equal(ExitCode.Failed, RunProcess.Execute(Write(id, parameters), TestContext.Current.CancellationToken));
        return Events(id).OfType<FinishedEvent>().Last().Reason!;
    }

    /// <summary>Starts a run and stops it once it has a checkpoint.</summary>
    public void Interrupt(string id, RunParameters parameters)
    {
        string directory = Write(id, parameters);
        var run = new RunDirectory(directory);
        using var stop = new CancellationTokenSource();
        var watcher = new Thread(() =>
        {
            while (CheckpointNote.Read(run) is null)
                Thread.Sleep(2);
            stop.Cancel();
        });
        watcher.Start();
        var code = RunProcess.Execute(directory, stop.Token);
        watcher.Join();
        Assert.Equal(ExitCode.Cancelled, code);
    }

    /// <summary>What a run has said.</summary>
    public IReadOnlyList<RunEvent> Events(string id) =>
        [.. System.IO.File.ReadLines(folder.Combine("runs", id, "events.jsonl")).Select(line => JsonSerializer.Deserialize<RunEvent>(line, ContractJson.Options)!)];

    /// <summary>A model that a run has written, in fp32.</summary>
    internal Decoder Model(string run, string artifact = Artifacts.LastModel) => Decoder.Load(Artifact(run, artifact), CPU, ScalarType.Float32);

    /// <summary>The names of the weights in which two models differ in any bit.</summary>
    internal static IReadOnlyList<string> Changed(Decoder one, Decoder other) =>
        [.. one.Parameters.Where(weight => !weight.Value.Equals(other.Parameters[weight.Key])).Select(weight => weight.Key)];

    private string Write(string id, RunParameters parameters)
    {
        string directory = folder.Combine("runs", id);
        Directory.CreateDirectory(directory);
        System.IO.File.WriteAllText(
            Path.Combine(directory, "spec.json"), JsonSerializer.Serialize(new RunSpec { Id = id, Name = id, Parameters = parameters }, ContractJson.Indented));
        return directory;
    }
}
