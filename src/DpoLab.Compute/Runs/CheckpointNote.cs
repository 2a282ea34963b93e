using System.Text.Json;
using DpoLab.Contracts;

namespace DpoLab.Compute.Runs;

/// <summary>How far a run's checkpoint is: <c>checkpoint/note.json</c>, for those who only tell about it.</summary>
/// <param name="Step">What is done.</param>
/// <param name="Unit">What is counted: <c>step</c>, <c>row</c>, <c>trial</c>.</param>
internal sealed record CheckpointNote(long Step, string Unit)
{
    private const string FileName = "note.json";

    /// <summary>The note; null: there is no checkpoint.</summary>
    public static CheckpointNote? Read(RunDirectory run)
    {
        string training = Path.Combine(run.CheckpointPath, "current");
        if (File.Exists(training) && File.ReadAllText(training).Trim() is ['s', 't', 'e', 'p', '-', .. var step] && long.TryParse(step, out long steps))
            return new CheckpointNote(steps, "step"); // a training's own pointer, which is written last
        string path = Path.Combine(run.CheckpointPath, FileName);
        return File.Exists(path) ? JsonSerializer.Deserialize<CheckpointNote>(File.ReadAllBytes(path), ContractJson.Options) : null;
    }

    public void Write(RunDirectory run)
    {
        Directory.CreateDirectory(run.CheckpointPath);
        AtomicFile.WriteJson(Path.Combine(run.CheckpointPath, FileName), this);
    }
}
