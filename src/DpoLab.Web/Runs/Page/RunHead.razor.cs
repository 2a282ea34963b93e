using DpoLab.Web.Accounts;
using DpoLab.Web.Data;
using DpoLab.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace DpoLab.Web.Runs;

/// <summary>The head of a run's page, with what can be done to the run.</summary>
public sealed partial class RunHead
{
    private LabDialog? cancelDialog;
    private LabDialog? nameDialog;
    private string name = "";
    private string tags = "";
    private string? problem;
    private bool busy;
    private string? shown;

    [Inject]
    private RunCommands Commands { get; set; } = null!;

    [Parameter, EditorRequired]
    public RunView Run { get; set; } = null!;

    /// <summary>Null: nobody is signed in.</summary>
    [Parameter]
    public Actor? Actor { get; set; }

    /// <summary>Of the model that it works on; null: not read yet.</summary>
    private string? ModelDigest => RunAdmission.ModelOf(Run.Spec.Parameters) is { } model ? Run.Digests.GetValueOrDefault(model.Name) : null;

    private bool MayChange => Actor is { Role: >= LabRole.Researcher };

    private string? WhyNot => MayChange ? null : "Only researchers may do this";

    private string StateWord => Run.Status switch
    {
        { CancelRequested: true, IsActive: true } => "cancelling",
        { State: RunState.Queued or RunState.Waiting } => "waiting",
        { State: RunState.Succeeded } => "done",
        var status => status.State.ToString().ToLowerInvariant(),
    };

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (shown == Run.Summary.Id)
            return;
        // typed words must outlive the renders of a running run
        shown = Run.Summary.Id;
        name = Run.Summary.Name;
        tags = string.Join(' ', Run.Summary.Tags);
    }

    private Task RetryAsync() => TryAsync(actor => Commands.RetryAsync(Run.Summary.Id, actor));

    private Task PinAsync() => TryAsync(actor => Commands.PinAsync(Run.Summary.Id, !Run.Summary.Pinned, actor));

    private Task ArchiveAsync() => TryAsync(actor => Commands.ArchiveAsync(Run.Summary.Id, !Run.Summary.Archived, actor));

    private async Task CancelAsync()
    {
        await cancelDialog!.CloseAsync();
        await TryAsync(actor => Commands.CancelAsync(Run.Summary.Id, actor));
    }

    private async Task RenameAsync()
    {
        await nameDialog!.CloseAsync();
        await TryAsync(async actor =>
        {
            await Commands.RenameAsync(Run.Summary.Id, name, actor);
            await Commands.TagAsync(Run.Summary.Id, tags.Split(' ', StringSplitOptions.RemoveEmptyEntries), actor);
        });
    }

    private async Task TryAsync(Func<Actor, Task> command)
    {
        busy = true;
        problem = null;
        try
        {
            await command(Actor ?? throw new NotAllowedException("You are not signed in. Sign in first."));
        }
        catch (Exception refused) when (refused is InputRefusedException or NotAllowedException or NotFoundException)
        {
            problem = refused.Message;
        }
        finally
        {
            busy = false;
        }
    }
}
