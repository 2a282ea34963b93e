namespace DpoLab.Compute.Runs;

/// <summary>A stage of a run and how much of the run's time it usually takes, against its other stages.</summary>
/// <param name="Name">Shown to people.</param>
/// <param name="Weight">Greater than 0.</param>
internal sealed record RunStage(string Name, double Weight = 1);
