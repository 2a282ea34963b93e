namespace DpoLab.Web.Shell;

/// <summary>What a notice is: information, a success, something to look at, a failure.</summary>
public enum NoteTone
{
    Plain,
    Success,
    Warning,
    Error,
}
