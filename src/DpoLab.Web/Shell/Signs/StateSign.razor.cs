using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Shell;

/// <summary>How far something is, as a sign.</summary>
public enum SignState
{
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
}

/// <summary>The sign of a run's or stage's state: a shape and a word.</summary>
public partial class StateSign
{
    [Parameter, EditorRequired]
    public SignState State { get; set; }

    /// <summary>Instead of the state's own word.</summary>
    [Parameter]
    public string? Text { get; set; }

    /// <summary>Shown on hover.</summary>
    [Parameter]
    public string? Title { get; set; }

    /// <summary>Only the shape; the word is on hover.</summary>
    [Parameter]
    public bool Strip { get; set; }

    private string Word => State.ToString().ToLowerInvariant();

    private string Class => State switch
    {
        SignState.Running => "run",
        SignState.Done => "done",
        SignState.Failed => "fail",
        SignState.Cancelled => "can",
        _ => "wait",
    };
}
