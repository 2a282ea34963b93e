namespace DpoLab.Compute;

/// <summary>
/// Something that a person gave (a folder, a file, a setting) cannot be used. The message names what, where and what to do, and is shown as it is.
/// </summary>
public class InputException : Exception
{
    public InputException(string message)
        : base(message)
    {
    }

    public InputException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
