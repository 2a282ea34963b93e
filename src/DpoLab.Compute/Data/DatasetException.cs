using DpoLab.Contracts.Hosting;

namespace DpoLab.Compute.Data;

/// <summary>A dataset cannot be used; <see cref="Problem"/> says where and why.</summary>
public sealed class DatasetException : InputException
{
    /// <summary>A problem of one file; the message begins with the file's name.</summary>
    public DatasetException(string file, DatasetProblem problem, Exception? innerException = null)
        : base($"{file}: {(problem ?? throw new ArgumentNullException(nameof(problem))).Message}", innerException)
    {
        Problem = problem;
    }

    /// <summary>Where and why.</summary>
    public DatasetProblem Problem { get; }
}
