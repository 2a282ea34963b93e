namespace DpoLab.Compute.Checkpoints;

/// <summary>A checkpoint cannot be read or written. The message names the file, the tensor if one is meant, what is wrong and what to do.</summary>
public sealed class CheckpointException : InputException
{
    /// <summary>Says what is wrong with a file.</summary>
    /// <param name="file">The path of the file or folder.</param>
    /// <param name="tensor">The tensor that is meant, or null when it is the file as a whole.</param>
    /// <param name="problem">What was found, as a sentence without its full stop.</param>
    /// <param name="remedy">What the reader can do about it, as a sentence.</param>
    /// <param name="cause">The error underneath, if there is one.</param>
    public CheckpointException(string file, string? tensor, string problem, string remedy, Exception? cause = null)
        : base(tensor is null ? $"{file}: {problem}. {remedy}" : $"{file}, tensor '{tensor}': {problem}. {remedy}", cause)
    {
        File = file;
        Tensor = tensor;
    }

    /// <summary>The path of the file or folder.</summary>
    public string File { get; }

    /// <summary>The tensor that is meant, or null.</summary>
    public string? Tensor { get; }
}
