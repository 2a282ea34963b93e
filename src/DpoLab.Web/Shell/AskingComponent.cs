namespace DpoLab.Web.Shell;

/// <summary>A live part that waits for answers of the compute service, which nobody needs any more once it has left the page.</summary>
public abstract class AskingComponent : LiveComponent
{
    private readonly CancellationTokenSource gone = new();

    /// <summary>Nothing is asked yet.</summary>
    protected AskingComponent() => Gone = gone.Token;

    /// <summary>Cancelled when the part has left the page.</summary>
    protected CancellationToken Gone { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
            return;
        gone.Cancel();
        gone.Dispose();
    }
}
