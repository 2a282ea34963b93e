namespace DpoLab.Compute.Training;

/// <summary>A training cannot begin or go on; the message says what, where and what to do.</summary>
public class TrainingException(string message) : InputException(message);

/// <summary>A loss, gradient or weight stopped being a number.</summary>
/// <param name="step">The optimizer step that could not be made, from 1.</param>
/// <param name="batch">Indices in the dataset of the pairs of that step.</param>
/// <param name="message">Step, batch, likely cause and remedy.</param>
public sealed class TrainingDivergedException(long step, IReadOnlyList<int> batch, string message) : TrainingException(message)
{
    /// <summary>The optimizer step that could not be made, from 1.</summary>
    public long Step { get; } = step;

    /// <summary>Indices in the dataset of the pairs of that step, from 0.</summary>
    public IReadOnlyList<int> Batch { get; } = batch;
}
